import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { closeCode, greetAs, openDesktop } from '../../test/display/browser.ts';
import {
  type FakeRfbServer,
  SERVER_INIT,
  startFakeRfbServer,
} from '../../test/display/fake-rfb-server.ts';
import { FULL, type GatewayStage, stageGateway } from '../../test/display/gateway-stage.ts';
import { CUT_CODES, type CutReason, type CutSelector } from './live-displays.ts';
import { VIEW_ONLY } from './rights.ts';

let display: FakeRfbServer;
let stage: GatewayStage;
const KEY = Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61]);
const LOOK = Buffer.from([3, 1, 0, 0, 0, 0, 0, 9, 0, 9]);

beforeEach(async () => {
  display = await startFakeRfbServer();
  stage = await stageGateway(() => display.connect());
});
afterEach(async () => {
  await stage.close();
  await display.close();
});

async function open(rights = FULL): Promise<WebSocket> {
  const outcome = await openDesktop(stage.url(), stage.protocols({ rights }));
  if (!('open' in outcome)) throw new Error(`refused with ${outcome.status}`);
  return outcome.open;
}

describe('admission', () => {
  test('a fresh ticket from our own origin, and what both sides say arrives', async () => {
    const browser = await open();
    expect(browser.protocol).toBe('binary');
    const { bytes } = await greetAs(browser);
    browser.send(Buffer.concat([KEY, LOOK]));
    await vi.waitFor(() => expect(display.heard()).toEqual(Buffer.concat([KEY, LOOK])));
    display.sockets[0]?.write('pixels');
    await vi.waitFor(() => expect(bytes()).toEqual(Buffer.from(`${String(SERVER_INIT)}pixels`)));
    expect(Date.now() - (stage.idle.lastInput('s1') ?? 0)).toBeLessThan(5_000);
    stage.idle.forget('s1');
    expect(stage.idle.lastInput('s1')).toBeUndefined();
    expect(stage.gateway.viewers('s1')).toBe(1);
  });

  test('a ticket that is used twice', async () => {
    const protocols = stage.protocols();
    expect(await openDesktop(stage.url(), protocols)).toHaveProperty('open');
    expect(await openDesktop(stage.url(), protocols)).toEqual({ status: 401 });
  });

  test('a ticket that is too old', async () => {
    const protocols = stage.protocols();
    stage.clock.ahead = 30_000;
    expect(await openDesktop(stage.url(), protocols)).toEqual({ status: 401 });
  });

  test('a ticket for another session', async () => {
    expect(await openDesktop(stage.url('s2'), stage.protocols())).toEqual({ status: 401 });
  });

  test.each([[['binary']], [['binary', 'sallyport.ticket.guessed']]])('%j', async (protocols) => {
    expect(await openDesktop(stage.url(), protocols)).toEqual({ status: 401 });
  });

  test.each([
    'https://evil.example.net',
    'http://desk.example.net',
    'https://desk.example.net:8443',
    'https://desk.example.net.evil.example',
    'null',
    '',
  ])('a page of the origin %j, whose ticket is used up by it', async (origin) => {
    const protocols = stage.protocols();
    expect(await openDesktop(stage.url(), protocols, origin)).toEqual({ status: 403 });
    expect(await openDesktop(stage.url(), protocols)).toEqual({ status: 401 });
    expect(display.sockets).toHaveLength(0);
  });

  test('a right that was taken away between ticket and upgrade', async () => {
    stage.world.admit = async () => 403;
    expect(await openDesktop(stage.url(), stage.protocols())).toEqual({ status: 403 });
    expect(stage.gateway.viewers('s1')).toBe(0);
  });

  test('a right that was made smaller between ticket and upgrade', async () => {
    stage.world.admit = async () => VIEW_ONLY;
    const browser = await open();
    await greetAs(browser);
    browser.send(Buffer.concat([KEY, LOOK]));
    // Before it, what the gateway says in the name of who gets no texts; the key is gone.
    await vi.waitFor(() => expect(display.heard().subarray(24)).toEqual(LOOK));
    expect(stage.idle.lastInput('s1')).toBeUndefined();
  });

  test('a display that can not be reached is told to the log', async () => {
    await display.close();
    expect(await openDesktop(stage.url(), stage.protocols())).toEqual({ status: 502 });
    expect(stage.failures).toHaveLength(1);
    display = await startFakeRfbServer();
  });

  test('an upgrade that is no WebSocket leaves no connection to the display behind', async () => {
    const { port } = new URL(stage.url());
    const socket = connect(Number(port), '127.0.0.1');
    const protocol = stage.protocols().join(', ');
    socket.write(
      `GET /s1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Origin: https://desk.example.net\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1.1 400 /);
    await vi.waitFor(() => expect(display.sockets).toHaveLength(0));
    expect(stage.gateway.viewers('s1')).toBe(0);
  });

  test('more viewers than one desktop may have', async () => {
    const all = Array.from({ length: 21 }, () => openDesktop(stage.url(), stage.protocols()));
    const outcomes = await Promise.all(all);
    expect(outcomes.filter((outcome) => 'open' in outcome)).toHaveLength(20);
    expect(outcomes).toContainEqual({ status: 429 });
  });
});

describe('what is cut', () => {
  test.each<[CutSelector, CutReason]>([
    [{ sessionId: 's1' }, 'session-ended'],
    [{ userId: 'u1' }, 'right-revoked'],
    [{ signInId: 'in1' }, 'signed-out'],
  ])('%j: both sides end at once', async (selector, reason) => {
    const browser = await open();
    await greetAs(browser);
    const code = closeCode(browser);
    expect(stage.gateway.cut(selector, reason)).toBe(1);
    expect(await code).toBe(CUT_CODES[reason]);
    await vi.waitFor(() => expect(display.sockets).toHaveLength(0));
    expect(stage.gateway.viewers('s1')).toBe(0);
  });

  test('while the right is being looked up: the connection never opens', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<typeof FULL>();
    stage.world.admit = () => {
      asked.resolve();
      return answer.promise;
    };
    const outcome = openDesktop(stage.url(), stage.protocols());
    await asked.promise;
    expect(stage.gateway.cut({ userId: 'u1' }, 'right-revoked')).toBe(1);
    answer.resolve(FULL);
    expect(await outcome).toEqual({ status: 403 });
    expect(display.sockets).toHaveLength(0);
  });

  test('others stay', async () => {
    const browser = await open();
    await greetAs(browser);
    expect(stage.gateway.cut({ userId: 'u2' }, 'right-revoked')).toBe(0);
    browser.send(LOOK);
    await vi.waitFor(() => expect(display.heard()).toEqual(LOOK));
  });
});

describe('what ends by itself', () => {
  test.each([
    ['an unknown message', Buffer.from([7]), 1002],
    ['a text frame', 'text', 1003],
    ['a frame larger than any viewer sends', Buffer.alloc(300_000), 1009],
  ])('%s', async (_, message, expected) => {
    const browser = await open();
    await greetAs(browser);
    const code = closeCode(browser);
    browser.send(message);
    expect(await code).toBe(expected);
    await vi.waitFor(() => expect(display.sockets).toHaveLength(0));
  });

  test('the display', async () => {
    const browser = await open();
    await greetAs(browser);
    const code = closeCode(browser);
    display.sockets[0]?.end();
    expect(await code).toBe(1000);
  });

  test('the browser', async () => {
    const browser = await open();
    await greetAs(browser);
    browser.terminate();
    await vi.waitFor(() => expect(display.sockets).toHaveLength(0));
  });
});
