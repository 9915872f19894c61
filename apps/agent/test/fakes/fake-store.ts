import { parseState } from '../../src/adapters/state-schema.ts';
import type { BootGuard, DesiredState, LoadedState, StateStore } from '../../src/ports/store.ts';
import type { Mutations } from './mutations.ts';

/** A state directory in memory. It outlives an agent, as a disk does. */
export class FakeStore implements StateStore {
  readonly #mutations: Mutations;
  /** JSON, so that what is loaded shares nothing with what was saved. */
  #text: string | null = null;
  #damage: string | null = null;
  #guard: BootGuard | null = null;

  constructor(mutations: Mutations) {
    this.#mutations = mutations;
  }

  /** From now on the stored state can not be read. */
  damage(reason: string): void {
    this.#damage = reason;
  }

  /** Somebody deletes the state directory. */
  wipe(): void {
    this.#text = null;
    this.#damage = null;
    this.#guard = null;
  }

  async load(): Promise<LoadedState> {
    if (this.#damage !== null) return { kind: 'damaged', reason: this.#damage };
    if (this.#text === null) return { kind: 'empty' };
    return { kind: 'loaded', state: parseState(JSON.parse(this.#text), 'the fake store') };
  }

  save(state: DesiredState): Promise<void> {
    return this.#mutations.mutate('store.save', () => {
      this.#text = JSON.stringify(state);
      this.#damage = null;
    });
  }

  setAside(): Promise<string> {
    return this.#mutations.mutate('store.setAside', () => {
      this.#text = null;
      this.#damage = null;
      return 'state.json.damaged-0';
    });
  }

  retire(): Promise<void> {
    return this.#mutations.mutate('store.retire', () => this.wipe());
  }

  saveBootGuard(guard: BootGuard): Promise<void> {
    return this.#mutations.mutate('store.saveBootGuard', () => {
      this.#guard = guard;
    });
  }

  async loadBootGuard(): Promise<BootGuard | null> {
    return this.#guard;
  }
}
