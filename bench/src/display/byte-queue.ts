/** Bytes in the order of their arrival, read by count. One reader at a time. */
export class ByteQueue {
  #held: Buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #error: Error | undefined;

  push(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#wake();
  }

  /** Reads that wait, and all to come, fail with this. */
  fail(error: Error): void {
    this.#error = error;
    this.#wake();
  }

  async read(length: number): Promise<Buffer> {
    while (this.#held.length < length) {
      if (this.#error !== undefined) throw this.#error;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      // oxlint-disable-next-line no-await-in-loop -- until enough has come
      await promise;
    }
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }
}
