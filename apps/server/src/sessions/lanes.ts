type Task<T> = (signal: AbortSignal) => Promise<T>;

interface Running {
  readonly abort: AbortController;
  readonly yields: boolean;
}

/**
 * One lane for each session: what is done to it is done one after the other. Leading a session on can
 * take minutes, so it yields: whatever comes after it asks it to leave at its next waiting point.
 */
export class Lanes {
  readonly #tails = new Map<string, Promise<unknown>>();
  readonly #running = new Map<string, Set<Running>>();
  #closed = false;

  /** Runs in its turn, to its end. Rejects as the task does. */
  run<T>(id: string, task: () => Promise<T>): Promise<T> {
    this.#yield(id);
    return this.#append(id, { yields: false, task });
  }

  /** Runs in its turn, and leaves for whatever comes after it. */
  runYielding(id: string, task: Task<void>): Promise<void> {
    return this.#append(id, { yields: true, task });
  }

  /** Asks all that yields to leave, lets nothing new begin, and waits until all is quiet. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const id of this.#running.keys()) this.#yield(id);
    await Promise.all(this.#tails.values());
  }

  /** Whether something is done, or waits to be done, to a session. */
  isBusy(id: string): boolean {
    return this.#tails.has(id);
  }

  #yield(id: string): void {
    for (const { yields, abort } of this.#running.get(id) ?? []) if (yields) abort.abort();
  }

  #append<T>(id: string, { yields, task }: { yields: boolean; task: Task<T> }): Promise<T> {
    const running: Running = { abort: new AbortController(), yields };
    const all = this.#running.get(id) ?? new Set();
    this.#running.set(id, all.add(running));
    const result = (this.#tails.get(id) ?? Promise.resolve()).then(() => {
      if (this.#closed) running.abort.abort();
      return task(running.abort.signal);
    });
    const settled = result
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        all.delete(running);
        if (this.#tails.get(id) !== settled) return;
        this.#tails.delete(id);
        this.#running.delete(id);
      });
    this.#tails.set(id, settled);
    return result;
  }
}
