import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { StreamReader } from '../../src/display/stream-reader.ts';
import type { Upstream } from '../../src/display/upstream-handshake.ts';

/** What the fake says when the handshake is over. Whoever relays does not look into it. */
export const SERVER_INIT = Buffer.from('server init');

/** A server that speaks RFB's handshake, keeps what it hears afterwards and says what it is told. */
export interface FakeRfbServer {
  /** Connects as the agent's tunnel would. */
  readonly connect: () => Promise<Upstream>;
  /** Everything that came after the handshake, over all connections. */
  readonly heard: () => Buffer;
  /** Connections that are open now, the oldest first. */
  readonly sockets: readonly Socket[];
  readonly close: () => Promise<void>;
}

export async function startFakeRfbServer(): Promise<FakeRfbServer> {
  const heard: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.splice(sockets.indexOf(socket), 1));
    void greet(socket).then(
      () => socket.on('data', (chunk) => heard.push(chunk)).resume(),
      () => socket.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    connect: async () => {
      const stream = connect(port, '127.0.0.1');
      await once(stream, 'connect');
      return { stream, password: undefined };
    },
    heard: () => Buffer.concat(heard),
    sockets,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function greet(socket: Socket): Promise<void> {
  const reader = new StreamReader(socket, AbortSignal.timeout(10_000));
  try {
    socket.write('RFB 003.008\n');
    await reader.read(12);
    socket.write(Buffer.from([1, 1]));
    await reader.read(1);
    socket.write(Buffer.alloc(4));
    await reader.read(1);
    socket.write(SERVER_INIT);
  } finally {
    reader.release();
  }
}
