/** When somebody last typed, moved or pasted in a session. Looking on does not count. */
export class IdleClock {
  readonly #now: () => number;
  readonly #last = new Map<string, number>();

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** There was input now. */
  touch(sessionId: string): void {
    this.#last.set(sessionId, this.#now());
  }

  /** Milliseconds since the epoch; `undefined` when there was no input since this process began. */
  lastInput(sessionId: string): number | undefined {
    return this.#last.get(sessionId);
  }

  /** The session is gone. */
  forget(sessionId: string): void {
    this.#last.delete(sessionId);
  }
}
