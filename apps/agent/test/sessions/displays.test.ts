import { once } from 'node:events';
import { createServer as createHttp, request, type Server as HttpServer } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { problemSchema } from '@sallyport/contract/problem';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectDisplay } from '../../src/adapters/display-socket.ts';
import { acceptDisplays } from '../../src/api/display-upgrade.ts';
import { Displays } from '../../src/sessions/displays.ts';
import { temporaryDirectory } from '../temporary.ts';
import { ID, sessionBench, sessionWish } from './bench.ts';

/* The tunnel over real sockets, to a display on the loopback instead of a container's address. */

const VNC = { kind: 'vnc', clipboardIn: true, clipboardOut: true } as const;
const PATH = `/v1/sessions/${ID}/display`;

let bench: ReturnType<typeof sessionBench>;
let displays: Displays;
let api: HttpServer;
let socketPath: string;
/** Where the tunnel wanted to connect to. */
const asked: unknown[] = [];
/** What the display does with a connection. */
let serve: (socket: Socket) => void;
const display = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => undefined);
  serve(socket);
});

beforeEach(async () => {
  bench = sessionBench();
  serve = (socket) => void socket.end();
  if (!display.listening) await once(display.listen(0, '127.0.0.1'), 'listening');
  const { port } = display.address() as { port: number };
  displays = new Displays({
    find: (id) => bench.service.find(id),
    connect: async (place) => {
      asked.push(place);
      return connectDisplay({ address: '127.0.0.1', port });
    },
  });
  api = createHttp((_, response) => response.end('plain'));
  acceptDisplays(api, displays);
  socketPath = join(await temporaryDirectory(), 'agent.sock');
  await once(api.listen(socketPath), 'listening');
  await bench.service.create(sessionWish({ display: VNC }));
});

afterEach(async () => {
  displays.close();
  api.closeAllConnections();
  api.close();
});

interface Upgraded {
  readonly socket: Duplex;
  readonly password: unknown;
  readonly head: Buffer;
}

function upgrade(path = PATH, headers: Record<string, string> = { Upgrade: 'rfb' }) {
  return new Promise<Upgraded>((resolve, reject) => {
    const question = request({ socketPath, path, headers: { Connection: 'Upgrade', ...headers } });
    question.once('upgrade', (response, socket, head) => {
      resolve({
        socket,
        password: response.headers['sallyport-display-password'],
        head,
      });
    });
    question.once('response', (response) => {
      const refuse = (body: Buffer) => {
        const { code } = problemSchema.parse(JSON.parse(body.toString()));
        reject(Object.assign(new Error('refused'), { status: response.statusCode, code }));
      };
      buffer(response).then(refuse).catch(reject);
    });
    question.once('error', reject);
    question.end();
  });
}

test('passes bytes on and gives the password in the head', async () => {
  serve = (socket) => {
    socket.write('RFB 003.008\n');
    socket.once('data', (data) => socket.end(`got ${String(data)}`));
  };
  const { socket, password, head } = await upgrade();
  expect(password).toBe('Passw0rd');
  expect(asked.at(-1)).toEqual({ address: '172.19.0.2', port: 5901 });
  socket.write('RFB 003.008\n');
  const all = Buffer.concat([head, ...((await socket.toArray()) as Buffer[])]).toString();
  expect(all).toBe('RFB 003.008\ngot RFB 003.008\n');
});

test('what a hasty client sends with its request is passed on as well', async () => {
  serve = (socket) => socket.once('data', (data) => socket.end(data));
  const client = connect(socketPath);
  client.end(`GET ${PATH} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: rfb\r\n\r\nhello`);
  const text = Buffer.concat((await client.toArray()) as Buffer[]).toString();
  expect(text).toMatch(/^HTTP\/1\.1 101 /);
  expect(text).toMatch(/\r\n\r\nhello$/);
});

test('either side may end its half alone', async () => {
  serve = (socket) => {
    let text = '';
    socket.on('data', (data) => (text += String(data)));
    socket.on('end', () => void sleep(50).then(() => socket.end(`all of ${text}`)));
  };
  const { socket } = await upgrade();
  socket.end('question');
  expect(Buffer.concat((await socket.toArray()) as Buffer[]).toString()).toBe('all of question');
});

test('a client that breaks off takes the display with it, and the other way round', async () => {
  const closed = new Promise((resolve) => {
    serve = (socket) => {
      const pictures = setInterval(() => socket.write('picture'), 5);
      socket.once('close', () => resolve(clearInterval(pictures))).resume();
    };
  });
  // The kernel tells it as an end; that nobody reads shows with the next picture.
  (await upgrade()).socket.destroy();
  await closed;
  serve = (socket) => void sleep(50).then(() => socket.resetAndDestroy());
  const { socket } = await upgrade();
  socket.on('error', () => undefined).resume();
  await once(socket, 'close');
  expect(socket.destroyed).toBe(true);
});

const TOTAL = 64 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 7);
/** How much the kernel has taken of what the display sends. */
let taken = 0;

function flood(socket: Socket): void {
  taken = 0;
  const write = (): void => {
    while (taken < TOTAL) {
      taken += CHUNK.length;
      if (!socket.write(CHUNK)) return void socket.once('drain', write);
    }
    socket.end();
  };
  write();
}

test('a stalled reader stops the sender, and loses nothing', async () => {
  serve = flood;
  const { socket, head } = await upgrade();
  socket.pause();
  await sleep(300);
  const early = taken;
  await sleep(300);
  // What the kernel and three streams hold; without back-pressure all of it would be taken by now.
  expect([early, taken]).toEqual([taken, early]);
  expect(taken).toBeLessThan(TOTAL / 4);
  let read = head.length;
  for await (const data of socket) read += (data as Buffer).length;
  expect(read).toBe(TOTAL);
});

test('negative control: a tunnel that does not wait takes everything at once', async () => {
  const { port } = display.address() as { port: number };
  serve = flood;
  const stalled = await connectDisplay({ address: '127.0.0.1', port });
  const held: unknown[] = [];
  stalled.on('data', (data) => held.push(data));
  await expect.poll(() => taken, { timeout: 5_000 }).toBe(TOTAL);
  stalled.destroy();
});

test('ends with the container, by an event of Docker and nothing else', async () => {
  serve = (socket) => void socket.resume();
  const { socket } = await upgrade();
  socket.on('error', () => undefined).resume();
  displays.cut('container-of-another');
  await sleep(20);
  expect(socket.destroyed).toBe(false);
  displays.cut((await bench.service.find(ID)).containerId);
  await once(socket, 'close');
});

test.each<[string, () => Promise<unknown>, { status: number; code: string }]>([
  ['is paused', () => bench.service.pause(ID), { status: 409, code: 'session_state' }],
  ['has ended', () => bench.service.stop(ID), { status: 409, code: 'session_state' }],
  ['is gone', () => bench.service.delete(ID, 'keep'), { status: 404, code: 'session_not_found' }],
  [
    'has no display',
    async () => {
      await bench.service.delete(ID, 'keep');
      await bench.service.create(sessionWish());
    },
    { status: 502, code: 'display_unreachable' },
  ],
])('is refused where the session %s', async (_, spoil, expected) => {
  await spoil();
  const refusal = await upgrade().catch((error: unknown) => error);
  expect(refusal).toMatchObject(expected);
});

test('is refused where nobody listens', async () => {
  const nowhere = new Displays({
    find: (id) => bench.service.find(id),
    connect: () => connectDisplay({ address: '127.0.0.1', port: 1 }),
  });
  await expect(nowhere.open(ID)).rejects.toMatchObject({ code: 'display_unreachable' });
});

test('is refused where the display hangs up at once', async () => {
  const { port } = display.address() as { port: number };
  serve = (socket) => void socket.resetAndDestroy();
  let looks = 0;
  const hasty = new Displays({
    find: async (id) => {
      if (++looks === 2) await sleep(50);
      return bench.service.find(id);
    },
    connect: () => connectDisplay({ address: '127.0.0.1', port }),
  });
  await expect(hasty.open(ID)).rejects.toMatchObject({ code: 'display_unreachable' });
});

test('is refused where the address became another container’s meanwhile', async () => {
  const { port } = display.address() as { port: number };
  const late = new Displays({
    find: (id) => bench.service.find(id),
    connect: async () => {
      await bench.service.stop(ID);
      await bench.service.start(ID);
      return connectDisplay({ address: '127.0.0.1', port });
    },
  });
  await expect(late.open(ID)).rejects.toMatchObject({ code: 'session_state' });
});

test.each([
  ['another path', '/v1/networks', { Upgrade: 'rfb' }],
  ['another protocol', PATH, { Upgrade: 'websocket' }],
  ['a path behind it', `${PATH}/x`, { Upgrade: 'rfb' }],
  ['no id', '/v1/sessions/../display', { Upgrade: 'rfb' }],
])('upgrades nothing else: %s', async (_, path, headers) => {
  const refusal = await upgrade(path, headers).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ status: 404, code: 'unknown_endpoint' });
});

test('makes none after the agent was told to stop', async () => {
  displays.close();
  const refusal = await upgrade().catch((error: unknown) => error);
  expect(refusal).toMatchObject({ status: 409 });
});
