import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { greetAs, openDesktop } from '../../test/display/browser.ts';
import { type FakeRfbServer, startFakeRfbServer } from '../../test/display/fake-rfb-server.ts';
import { type GatewayStage, stageGateway } from '../../test/display/gateway-stage.ts';

const MIB = 1 << 20;
/** What the kernel keeps for the sockets on the way, with room; far below what is offered. */
const HELD_LIMIT = 24 * MIB;
const OFFERED = 200 * MIB;
const KEY = Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61]);

let display: FakeRfbServer;
let stage: GatewayStage;

beforeEach(async () => {
  display = await startFakeRfbServer();
  stage = await stageGateway(() => display.connect());
});
afterEach(async () => {
  vi.useRealTimers();
  await stage.close();
  await display.close();
});

async function open(): Promise<{ browser: WebSocket; far: Socket; bytes: () => Buffer }> {
  const outcome = await openDesktop(stage.url(), stage.protocols());
  if (!('open' in outcome)) throw new Error(`refused with ${outcome.status}`);
  const { bytes } = await greetAs(outcome.open);
  const far = display.sockets[0];
  if (far === undefined) throw new Error('no connection to the display');
  return { browser: outcome.open, far, bytes };
}

/** Writes as long as somebody takes it, up to what is offered. @returns how much was taken */
async function offer(far: Socket): Promise<number> {
  const piece = Buffer.alloc(MIB / 4, 7);
  let taken = 0;
  far.setNoDelay(true);
  while (taken < OFFERED) {
    taken += piece.length;
    if (far.write(piece)) continue;
    // oxlint-disable-next-line no-await-in-loop -- until nobody takes it any more
    const drained = await Promise.race([once(far, 'drain'), sleep(500, undefined)]);
    if (drained === undefined) break;
  }
  return taken;
}

describe('a browser that does not read', () => {
  test('stops the display instead of filling memory, and gets everything when it reads again', async () => {
    const { browser, far, bytes } = await open();
    browser.pause();
    const before = process.memoryUsage().arrayBuffers;
    const taken = await offer(far);
    expect(taken).toBeLessThan(HELD_LIMIT);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(HELD_LIMIT);
    browser.resume();
    await vi.waitFor(() => expect(bytes().length).toBe('server init'.length + taken), 5_000);
  });

  test('control: a browser that reads is given all of it', async () => {
    const { far } = await open();
    expect(await offer(far)).toBe(OFFERED);
  }, 20_000);

  test('is cut at once, with what waits for it', async () => {
    const { browser, far } = await open();
    browser.pause();
    await offer(far);
    expect(stage.gateway.cut({ sessionId: 's1' }, 'session-ended')).toBe(1);
    await vi.waitFor(() => expect(display.sockets).toHaveLength(0));
    browser.resume();
    await once(browser, 'close');
  });
});

describe('a display that does not read', () => {
  test('stops the browser instead of filling memory', async () => {
    const { browser, far } = await open();
    far.pause();
    const piece = Buffer.concat(Array.from({ length: 8_000 }, () => KEY));
    for (let sent = 0; sent < OFFERED / 4; sent += piece.length) browser.send(piece);
    // The browser here is this process: what it has not got rid of is what nobody took.
    let left = browser.bufferedAmount;
    await vi.waitFor(async () => {
      const before = left;
      await sleep(300);
      left = browser.bufferedAmount;
      expect(left).toBe(before);
    }, 8_000);
    expect(OFFERED / 4 - left).toBeLessThan(HELD_LIMIT);
    far.resume();
    await vi.waitFor(() => expect(browser.bufferedAmount).toBe(0), 10_000);
  }, 30_000);
});

test('a browser that gives no sign of life for two pings is given up', async () => {
  await stage.close();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  stage = await stageGateway(() => display.connect());
  const { browser } = await open();
  const pinged = once(browser, 'ping');
  vi.advanceTimersByTime(30_000);
  await pinged;
  // It answered: it stays.
  await vi.waitFor(() => expect(stage.gateway.viewers('s1')).toBe(1));
  await sleep(50);
  browser.pause();
  vi.advanceTimersByTime(30_000);
  expect(stage.gateway.viewers('s1')).toBe(1);
  vi.advanceTimersByTime(30_000);
  await vi.waitFor(() => expect(display.sockets).toHaveLength(0));
});
