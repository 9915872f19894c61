import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { ByteQueue } from './byte-queue.ts';
import type { Size } from './rfb.ts';

/** Somebody who sees a desktop, by whatever way. */
export interface Viewer {
  readonly size: Size;
  readonly send: (bytes: Buffer) => void;
  /** Everything that comes, while nobody counts. */
  readonly queue: ByteQueue;
  /** From now on bytes are counted and thrown away. */
  readonly count: () => () => number;
  readonly pause: () => void;
  readonly close: () => void;
}

/** Past everything: the display's own unix socket. */
export async function viewDirectly(socketPath: string): Promise<Viewer> {
  const socket = connect(socketPath);
  const sink = new Sink();
  socket.on('data', sink.take).on('error', sink.fail);
  await once(socket, 'connect');
  const size = await greet((bytes) => socket.write(bytes), sink.queue);
  return {
    size,
    send: (bytes) => void socket.write(bytes),
    queue: sink.queue,
    count: sink.count,
    pause: () => void socket.pause(),
    close: () => void socket.destroy(),
  };
}

/** As a browser: by WebSocket. */
export async function viewByWebSocket(
  url: string,
  protocols: readonly string[],
  origin = 'http://localhost',
): Promise<Viewer> {
  const socket = new WebSocket(url, [...protocols], {
    origin,
    perMessageDeflate: false,
  });
  const sink = new Sink();
  socket.on('message', (data) => sink.take(data as Buffer)).on('error', sink.fail);
  socket.on('close', () => sink.fail(new Error('the connection was closed')));
  await once(socket, 'open');
  const size = await greet((bytes) => socket.send(bytes), sink.queue);
  return {
    size,
    send: (bytes) => socket.send(bytes),
    queue: sink.queue,
    count: sink.count,
    pause: () => socket.pause(),
    close: () => socket.terminate(),
  };
}

/** Where a viewer's bytes go. */
class Sink {
  readonly queue = new ByteQueue();
  #counted: number | undefined;

  readonly take = (chunk: Buffer): void => {
    if (this.#counted === undefined) this.queue.push(chunk);
    else this.#counted += chunk.length;
  };
  readonly fail = (error: Error): void => this.queue.fail(error);
  readonly count = (): (() => number) => {
    this.#counted = 0;
    return () => this.#counted ?? 0;
  };
}

/** RFC 6143 7.1 to 7.3, without security; afterwards the queue is at the first message. */
async function greet(send: (bytes: Buffer) => void, queue: ByteQueue): Promise<Size> {
  send(await queue.read(12));
  await queue.read((await queue.read(1)).readUInt8());
  send(Buffer.from([1]));
  await queue.read(4);
  send(Buffer.from([1]));
  const init = await queue.read(24);
  await queue.read(init.readUInt32BE(20));
  return { width: init.readUInt16BE(0), height: init.readUInt16BE(2) };
}
