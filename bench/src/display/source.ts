import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { ByteQueue } from './byte-queue.ts';

/** Displays that send what they are told, after RFB's handshake. */
export interface Source {
  readonly port: number;
  /** So many bytes a second on every connection, in frames. */
  readonly sendAtRate: (bytesPerSecond: number) => void;
  /** As fast as it is taken, on every connection, up to so many bytes in all. */
  readonly sendAll: (limit: number) => void;
  readonly close: () => Promise<void>;
}

const FRAMES_PER_SECOND = 60;
const NAME = Buffer.from('bench');

/** No server's words are looked into on the way: the content does not matter, the sizes do. */
export async function startSource(): Promise<Source> {
  const sockets = new Set<Socket>();
  let timer: NodeJS.Timeout | undefined;
  const server = createServer({ noDelay: true }, (socket) => {
    const queue = new ByteQueue();
    socket.on('data', (chunk) => queue.push(chunk)).on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      queue.fail(new Error('closed'));
    });
    greet(socket, queue).then(
      () => {
        // What viewers say from now on is not looked at.
        socket.removeAllListeners('data').resume();
        sockets.add(socket);
      },
      () => socket.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sendAtRate: (bytesPerSecond) => {
      const frame = Buffer.alloc(Math.round(bytesPerSecond / FRAMES_PER_SECOND), 7);
      clearInterval(timer);
      let frames = 0;
      const began = performance.now();
      timer = setInterval(() => {
        // A timer that came late makes up for it: the rate holds.
        const due = Math.floor(((performance.now() - began) * FRAMES_PER_SECOND) / 1000);
        for (; frames < due; frames += 1) for (const socket of sockets) socket.write(frame);
      }, 1000 / FRAMES_PER_SECOND);
    },
    sendAll: (limit) => {
      let sent = 0;
      const piece = Buffer.alloc(64 * 1024, 7);
      for (const socket of sockets) {
        const pump = (): void => {
          while (sent < limit && !socket.destroyed) {
            sent += piece.length;
            if (!socket.write(piece)) return;
          }
        };
        socket.on('drain', pump);
        pump();
      }
    },
    close: async () => {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function greet(socket: Socket, queue: ByteQueue): Promise<void> {
  socket.write('RFB 003.008\n');
  await queue.read(12);
  socket.write(Buffer.from([1, 1]));
  await queue.read(1);
  socket.write(Buffer.alloc(4));
  await queue.read(1);
  const init = Buffer.alloc(24);
  init.writeUInt16BE(1920, 0);
  init.writeUInt16BE(1080, 2);
  init.writeUInt32BE(NAME.length, 20);
  socket.write(Buffer.concat([init, NAME]));
}
