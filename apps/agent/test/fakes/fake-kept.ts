import type { Kept } from '../../src/ports/store.ts';

/** A kept value in memory, which outlives who keeps it. */
export class FakeKept<T> implements Kept<T> {
  value: T | null = null;

  async load(): Promise<T | null> {
    return structuredClone(this.value);
  }

  async save(value: T): Promise<void> {
    this.value = structuredClone(value);
  }
}
