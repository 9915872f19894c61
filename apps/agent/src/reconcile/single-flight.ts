/**
 * Runs one piece of work at a time. Invariants:
 * 1. Never two runs at once.
 * 2. Reasons that arrive while a run is under way are collected for one run after it.
 * 3. Who asks gets the outcome of a run that began after asking.
 */
export class SingleFlight<T, R = string> {
  readonly #work: (reasons: readonly R[]) => Promise<T>;
  #current: Promise<T> | null = null;
  #next: { readonly reasons: Set<R>; readonly promise: Promise<T> } | null = null;

  constructor(work: (reasons: readonly R[]) => Promise<T>) {
    this.#work = work;
  }

  request(reasons: readonly R[]): Promise<T> {
    if (this.#next !== null) {
      for (const reason of reasons) this.#next.reasons.add(reason);
      return this.#next.promise;
    }
    const collected = new Set(reasons);
    const promise = this.#after(this.#current, collected);
    this.#next = { reasons: collected, promise };
    return promise;
  }

  /** Resolves at the end of the run under way; null: nothing runs. */
  get underWay(): Promise<unknown> | null {
    return this.#current && Promise.allSettled([this.#current]);
  }

  /** Resolves when nothing runs and nothing waits. */
  async idle(): Promise<void> {
    while (this.#next !== null || this.#current !== null) {
      await Promise.allSettled([this.#next?.promise, this.#current]);
    }
  }

  async #after(current: Promise<T> | null, reasons: ReadonlySet<R>): Promise<T> {
    await Promise.allSettled([current]);
    this.#next = null;
    const run = this.#work([...reasons]);
    this.#current = run;
    try {
      return await run;
    } finally {
      if (this.#current === run) this.#current = null;
    }
  }
}
