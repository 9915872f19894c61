import type { Duplex } from 'node:stream';
import { RfbError } from './rfb-error.ts';

const EVENTS = ['readable', 'end', 'close', 'error'] as const;

/** Reads counted bytes from a stream, and leaves the rest in it for whoever comes next. */
export class StreamReader {
  readonly #stream: Duplex;
  readonly #signal: AbortSignal;
  #wake: () => void = () => undefined;
  readonly #woken = (): void => this.#wake();

  /** @param signal ends a read that is waiting; the stream is not destroyed by it */
  constructor(stream: Duplex, signal: AbortSignal) {
    this.#stream = stream;
    this.#signal = signal;
    // Once for all reads: whoever begins to listen is told at once of what is there, also of too
    // little, so that listening anew after each look would never let the next byte in.
    for (const event of EVENTS) stream.on(event, this.#woken);
    signal.addEventListener('abort', this.#woken);
  }

  /** @throws RfbError when the stream ends before; the signal's reason when that is aborted */
  async read(length: number): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0);
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      this.#signal.throwIfAborted();
      if (this.#stream.errored) throw this.#stream.errored;
      const found = this.#stream.read(length) as Buffer | null;
      if (found?.length === length) return found;
      // At its end a stream gives what is left, however short.
      if (found !== null || this.#stream.readableEnded || this.#stream.destroyed) {
        throw new RfbError('the display ended the connection');
      }
      // oxlint-disable-next-line no-await-in-loop -- the next look needs new bytes
      await promise;
    }
  }

  /** Stops listening; the stream waits until somebody else reads. */
  release(): void {
    for (const event of EVENTS) this.#stream.off(event, this.#woken);
    this.#signal.removeEventListener('abort', this.#woken);
  }
}
