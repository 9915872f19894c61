import type { Clock } from '../../src/ports/host.ts';

/** A clock that stands still until it is told otherwise, and ids that can be read. */
export class FakeClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #lastId = 0;

  now(): number {
    return this.#now;
  }

  /** Shaped as a UUIDv7 (RFC 9562), and counted. */
  id(): string {
    return `00000000-0000-7000-8000-${(++this.#lastId).toString().padStart(12, '0')}`;
  }

  /** @param ms milliseconds */
  advance(ms: number): void {
    this.#now += ms;
  }
}
