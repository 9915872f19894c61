const FIRST_BYTES = 64 * 1024;

/**
 * Lines that wait to be written, outside the heap of V8: tens of thousands of strings that live for a second
 * cost a busy agent more in garbage collection than all else that it does with them.
 */
export class LineBuffer {
  #filling = Buffer.allocUnsafe(FIRST_BYTES);
  #spare = Buffer.allocUnsafe(FIRST_BYTES);
  #used = 0;

  /** Bytes. */
  get waiting(): number {
    return this.#used;
  }

  /** @param line without its end */
  add(line: string): void {
    // UTF-8 has at most three bytes for a unit of UTF-16.
    this.#reserve(line.length * 3 + 1);
    this.#used += this.#filling.write(line, this.#used);
    this.#used = this.#filling.writeUInt8(10, this.#used);
  }

  /** All that waits. It is overwritten after the next take. */
  take(): Buffer {
    const full = this.#filling.subarray(0, this.#used);
    [this.#filling, this.#spare] = [this.#spare, this.#filling];
    this.#used = 0;
    return full;
  }

  #reserve(bytes: number): void {
    const needed = this.#used + bytes;
    if (needed <= this.#filling.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#filling.length * 2, needed));
    this.#filling.copy(larger, 0, 0, this.#used);
    this.#filling = larger;
  }
}
