import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inflateSync } from 'node:zlib';
import { ensurePackages } from '@sallyport/lab/debian/packages';
import { startXvnc, type Xvnc, XVNC_PROGRAMS } from '@sallyport/lab/display/xvnc';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { greetAs, openDesktop } from '../../test/display/browser.ts';
import { cutText, extendedClipboard } from '../../test/display/client-messages.ts';
import { FULL, type GatewayStage, stageGateway } from '../../test/display/gateway-stage.ts';
import { fetchFrame } from './raw-frame.ts';
import { type DisplayRights, VIEW_ONLY } from './rights.ts';
import { Thumbnails } from './thumbnail.ts';
import type { Upstream } from './upstream-handshake.ts';

const PASSWORD = 'pÄssw0rd';
let directory: string;
let xvnc: Xvnc;
let stage: GatewayStage;

beforeAll(async () => {
  await ensurePackages({ progress: () => undefined, programs: XVNC_PROGRAMS });
  directory = await mkdtemp(join(tmpdir(), 'sallyport-xvnc-'));
  xvnc = await startXvnc({ directory, password: PASSWORD, geometry: '320x240' });
  stage = await stageGateway(() => connectUpstream(PASSWORD));
  const empty = await frame();
  // Larger than the screen, so that whatever is typed is typed into it; shows it, and does nothing.
  xvnc.start('xterm', ['-geometry', '80x24+0+0', '-e', 'cat']);
  const deadline = Date.now() + 10_000;
  // oxlint-disable-next-line no-await-in-loop -- until the terminal is there
  while ((await frame()).equals(empty) && Date.now() < deadline) await sleep(50);
  await settled();
});
afterAll(async () => {
  await stage.close();
  await xvnc.stop();
  await rm(directory, { recursive: true });
});

async function connectUpstream(password: string): Promise<Upstream> {
  const stream = connect(xvnc.socketPath);
  await once(stream, 'connect');
  return { stream, password };
}

/** What the desktop shows, fetched past the gateway. */
async function frame(): Promise<Buffer> {
  const upstream = await connectUpstream(PASSWORD);
  return (await fetchFrame(upstream, AbortSignal.timeout(5_000))).pixels;
}

/** The picture when it has not changed for a while. */
async function settled(): Promise<Buffer> {
  let before = await frame();
  for (let same = 0; same < 3; ) {
    // oxlint-disable no-await-in-loop -- one look after the other
    await sleep(100);
    const now = await frame();
    same = now.equals(before) ? same + 1 : 0;
    before = now;
  }
  return before;
}

async function open(rights: DisplayRights): Promise<WebSocket> {
  const outcome = await openDesktop(stage.url(), stage.protocols({ rights }));
  if (!('open' in outcome)) throw new Error(`refused with ${outcome.status}`);
  await greetAs(outcome.open);
  return outcome.open;
}

/** A pointer in the middle, presses of the key "a", QEMU's way of it, and a smaller desktop. */
const INPUT = Buffer.concat([
  Buffer.from([5, 0, 0, 160, 0, 120]),
  Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61, 4, 0, 0, 0, 0, 0, 0, 0x61]),
  Buffer.from([
    255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 0x1e, 255, 0, 0, 0, 0, 0, 0, 0x61, 0, 0, 0, 0x1e,
  ]),
  cutText('text'),
]);
const LOOK = Buffer.from([3, 0, 0, 0, 0, 0, 0, 9, 0, 9]);

describe('a viewer who sends keys and pointer', () => {
  test('view-only: not a pixel changes, and the viewer stays connected', async () => {
    const before = await settled();
    const browser = await open(VIEW_ONLY);
    let bytes = 0;
    browser.on('message', (data: Buffer) => (bytes += data.length));
    for (let times = 0; times < 20; times += 1) browser.send(INPUT);
    browser.send(LOOK);
    // The server has read everything that came before this answer.
    await vi.waitFor(() => expect(bytes).toBeGreaterThan(9 * 9 * 2));
    expect(await settled()).toEqual(before);
    expect(stage.idle.lastInput('s1')).toBeUndefined();
    browser.terminate();
  });

  test('control: with full rights the same bytes change the picture', async () => {
    const before = await settled();
    const browser = await open(FULL);
    browser.send(INPUT);
    await vi.waitFor(async () => expect(await frame()).not.toEqual(before), 5_000);
    expect(stage.idle.lastInput('s1')).toBeDefined();
    browser.terminate();
  });
});

/** What of the clipboard came to a viewer who never asked for pixels: nothing else lies between. */
function clipboardMessages(bytes: Buffer): readonly string[] {
  const found: string[] = [];
  for (let at = 24 + bytes.readUInt32BE(20); at < bytes.length; ) {
    expect(bytes[at]).toBe(3);
    const length = bytes.readInt32BE(at + 4);
    const actions = length < 0 ? bytes.readUInt8(at + 8) : 0;
    // Caps name the other actions, too: it is the lowest bit that counts.
    const action = ['caps', 'request', 'peek', 'notify', 'provide'].find(
      (_, bit) => ((actions >> bit) & 1) === 1,
    );
    found.push(length < 0 ? (action ?? 'nothing') : 'text');
    at += 8 + Math.abs(length);
  }
  return found;
}

describe('a text that is copied in the session', () => {
  const PLAIN = Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]);
  const EXTENDED = Buffer.from([2, 0, 0, 2, 0, 0, 0, 0, 0xc0, 0xa1, 0xe5, 0xce]);
  const SAYS_TAKES_ALL = Buffer.from('06000000fffffff81f0000010fffffff', 'hex');
  const ASKS = extendedClipboard((1 << 25) | 1, Buffer.alloc(0));
  const NO_TEXT = { ...FULL, clipboardOut: false };
  const says = (...parts: Buffer[]): Buffer => Buffer.concat(parts);

  async function copy(rights: DisplayRights, words: Buffer): Promise<readonly string[]> {
    const outcome = await openDesktop(stage.url(), stage.protocols({ rights }));
    if (!('open' in outcome)) throw new Error(`refused with ${outcome.status}`);
    const { bytes } = await greetAs(outcome.open);
    if (words.length > 0) outcome.open.send(words);
    await sleep(300);
    xvnc.copy(`secret ${Math.random()}`);
    await sleep(700);
    if (words.length > 0) outcome.open.send(ASKS);
    await sleep(300);
    const found = clipboardMessages(bytes());
    outcome.open.terminate();
    return found;
  }

  test.each([
    ['a viewer that says nothing', Buffer.alloc(0), 'text'],
    ['a viewer that knows plain texts only', PLAIN, 'text'],
    ['a viewer that knows the extended clipboard', EXTENDED, 'provide'],
    ['a viewer that takes everything unasked', says(SAYS_TAKES_ALL, EXTENDED), 'provide'],
  ])('reaches %s only with the right', async (_, words, form) => {
    expect(await copy(FULL, words)).toContain(form);
    for (const rights of [VIEW_ONLY, NO_TEXT]) {
      // oxlint-disable-next-line no-await-in-loop -- there is one clipboard
      const found = await copy(rights, words);
      expect(found).toContain('notify');
      expect(found).not.toContain('text');
      expect(found).not.toContain('provide');
    }
  });
});

test('a wrong password: nobody gets in, and the log says why without it', async () => {
  await stage.close();
  stage = await stageGateway(() => connectUpstream('wrong'));
  expect(await openDesktop(stage.url(), stage.protocols())).toEqual({ status: 502 });
  expect(String(stage.failures[0])).toMatch(/Authentication failure|password check failed/i);
  expect(String(stage.failures[0])).not.toContain('wrong');
});

describe('a thumbnail', () => {
  test('is a PNG of the desktop, one in 30 seconds, however many ask', async () => {
    let [now, connections] = [0, 0];
    const thumbnails = new Thumbnails({
      now: () => now,
      connect: () => {
        connections += 1;
        return connectUpstream(PASSWORD);
      },
    });
    const all = await Promise.all([1, 2, 3].map(() => thumbnails.picture('s1')));
    expect(connections).toBe(1);
    expect(new Set(all).size).toBe(1);
    now = 29_999;
    await thumbnails.picture('s1');
    expect(connections).toBe(1);
    now = 30_000;
    await thumbnails.picture('s1');
    expect(connections).toBe(2);
    // The same size as the desktop: it is smaller than a thumbnail may be.
    expect(decodePng(all[0] ?? Buffer.alloc(0))).toEqual(withoutFourth(await settled()));
  });

  test('of a display that was not there is tried again at once', async () => {
    let there = false;
    const thumbnails = new Thumbnails({
      now: () => 0,
      connect: () => (there ? connectUpstream(PASSWORD) : Promise.reject(new Error('not there'))),
    });
    await expect(thumbnails.picture('s1')).rejects.toThrow('not there');
    there = true;
    expect((await thumbnails.picture('s1')).length).toBeGreaterThan(100);
  });
});

function withoutFourth(pixels: Buffer): Buffer {
  return Buffer.from(pixels.filter((_, index) => index % 4 !== 3));
}

/** The pixels of a PNG of 320 pixels' width that was written with the filter "up" alone. */
function decodePng(png: Buffer): Buffer {
  const stride = 320 * 3;
  const start = png.indexOf('IDAT') + 4;
  const lines = inflateSync(png.subarray(start, start + png.readUInt32BE(start - 8)));
  const pixels = Buffer.alloc(stride * 240);
  for (let row = 0; row < 240; row += 1) {
    expect(lines[row * (stride + 1)]).toBe(2);
    for (let index = 0; index < stride; index += 1) {
      const above = row === 0 ? 0 : (pixels[(row - 1) * stride + index] ?? 0);
      pixels[row * stride + index] = (lines[row * (stride + 1) + 1 + index] ?? 0) + above;
    }
  }
  return pixels;
}
