/** Hands what is put in to everybody who follows at that time. */
export class EventQueue<T> {
  readonly #listeners = new Set<(item: T) => void>();

  /** How many follow now. */
  get followed(): number {
    return this.#listeners.size;
  }

  put(item: T): void {
    for (const listener of this.#listeners) listener(item);
  }

  /** Everything that is put from the first `next()` on, until aborted. */
  async *follow(signal: AbortSignal): AsyncIterable<T> {
    const waiting: T[] = [];
    let wake = (): void => undefined;
    const listener = (item: T): void => {
      waiting.push(item);
      wake();
    };
    const stop = (): void => wake();
    this.#listeners.add(listener);
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted) {
        const item = waiting.shift();
        if (item !== undefined) yield item;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener('abort', stop);
    }
  }
}
