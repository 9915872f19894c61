import { setTimeout as sleep } from 'node:timers/promises';

/** What a ticket of the server holds, as far as opening goes. */
export interface DesktopTicket {
  readonly ticket: string;
  readonly path: string;
  readonly protocol: string;
}

interface Place {
  /** Of the server. */
  readonly url: string;
  /** Of the page; by default the server's own. */
  readonly origin?: string;
}

const READ_MS = 20_000;
const RAW = Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]);

/** Somebody who sees a desktop through the gateway, by the bytes of RFB (RFC 6143). */
export class RfbViewer {
  readonly width: number;
  readonly height: number;
  readonly #socket: WebSocket;
  readonly #bytes: Bytes;

  private constructor(socket: WebSocket, bytes: Bytes, size: readonly [number, number]) {
    this.#socket = socket;
    this.#bytes = bytes;
    [this.width, this.height] = size;
  }

  /** @returns undefined where the gateway does not let them in */
  static async open(ticket: DesktopTicket, place: Place): Promise<RfbViewer | undefined> {
    const address = `${place.url.replace(/^http/, 'ws')}${ticket.path}`;
    const options = {
      protocols: [ticket.protocol, `sallyport.ticket.${ticket.ticket}`],
      headers: { origin: place.origin ?? place.url },
    };
    const socket = new WebSocket(address, options);
    socket.binaryType = 'arraybuffer';
    const bytes = new Bytes(socket);
    if (!(await bytes.opened)) return undefined;
    const version = await bytes.read(12);
    socket.send(version);
    await bytes.read(2);
    socket.send(Buffer.from([1]));
    await bytes.read(4);
    socket.send(Buffer.from([1]));
    const init = await bytes.read(24);
    await bytes.read(init.readUInt32BE(20));
    socket.send(RAW);
    return new RfbViewer(socket, bytes, [init.readUInt16BE(0), init.readUInt16BE(2)]);
  }

  /** Presses and releases a button of the pointer. */
  async click(button: number, x: number, y: number): Promise<void> {
    for (const mask of [0, 1 << (button - 1), 0]) {
      const message = Buffer.from([5, mask, 0, 0, 0, 0]);
      message.writeUInt16BE(x, 2);
      message.writeUInt16BE(y, 4);
      this.#socket.send(message);
      await sleep(50);
    }
  }

  /** The whole picture, four bytes a pixel. */
  async frame(): Promise<Buffer> {
    const pixels = Buffer.alloc(this.width * this.height * 4);
    const request = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    request.writeUInt16BE(this.width, 6);
    request.writeUInt16BE(this.height, 8);
    this.#socket.send(request);
    for (;;) {
      const type = (await this.#bytes.read(1)).readUInt8();
      if (type === 0) {
        await this.#readRectangles(pixels);
        return pixels;
      }
      if (type === 3) await this.#bytes.read(Math.abs((await this.#bytes.read(7)).readInt32BE(3)));
      else if (type !== 2) throw new Error(`a message of type ${type} was not asked for`);
    }
  }

  close(): void {
    this.#socket.close();
  }

  /** The code with which the other side closes it. */
  get closed(): Promise<number> {
    return this.#bytes.closed;
  }

  async #readRectangles(pixels: Buffer): Promise<void> {
    const count = (await this.#bytes.read(3)).readUInt16BE(1);
    for (let index = 0; index < count; index += 1) {
      const head = await this.#bytes.read(12);
      const [x, y, w, h] = [0, 2, 4, 6].map((at) => head.readUInt16BE(at)) as [
        number,
        number,
        number,
        number,
      ];
      const data = await this.#bytes.read(w * h * 4);
      for (let row = 0; row < h; row += 1) {
        data.copy(pixels, ((y + row) * this.width + x) * 4, row * w * 4, (row + 1) * w * 4);
      }
    }
  }
}

/** Bytes of a WebSocket in the order in which they come, read in any portions. */
class Bytes {
  readonly opened: Promise<boolean>;
  readonly closed: Promise<number>;
  #waiting = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #over = false;

  constructor(socket: WebSocket) {
    const closed = Promise.withResolvers<number>();
    const opened = Promise.withResolvers<boolean>();
    this.closed = closed.promise;
    this.opened = opened.promise;
    socket.addEventListener('open', () => opened.resolve(true));
    socket.addEventListener('message', ({ data }) => {
      this.#waiting = Buffer.concat([this.#waiting, Buffer.from(data as ArrayBuffer)]);
      this.#wake();
    });
    socket.addEventListener('close', ({ code }) => {
      this.#over = true;
      opened.resolve(false);
      closed.resolve(code);
      this.#wake();
    });
  }

  async read(length: number): Promise<Buffer> {
    const end = Date.now() + READ_MS;
    while (this.#waiting.length < length) {
      if (this.#over) throw new Error('the desktop has ended');
      if (Date.now() > end) throw new Error(`the desktop has not sent ${length} bytes`);
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, sleep(100)]);
    }
    const read = this.#waiting.subarray(0, length);
    this.#waiting = this.#waiting.subarray(length);
    return read;
  }
}

/** How many pixels differ; they must be of one size. */
export function difference(one: Buffer, other: Buffer): number {
  let count = 0;
  for (let at = 0; at < one.length; at += 4) {
    if (one.readUInt32BE(at) >>> 8 !== other.readUInt32BE(at) >>> 8) count += 1;
  }
  return count;
}

/** How many colours there are. */
export function colours(frame: Buffer): number {
  const seen = new Set<number>();
  for (let at = 0; at < frame.length; at += 4) seen.add(frame.readUInt32BE(at) >>> 8);
  return seen.size;
}
