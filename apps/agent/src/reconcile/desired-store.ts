import { SallyportError } from '@sallyport/contract/errors';
import type { DesiredState, StateStore } from '../ports/store.ts';

const NOTHING: DesiredState = { networks: [], leases: [], ways: [] };

/**
 * What the agent was asked for: in memory for readers, on disk before anybody acts on it.
 * While the stored state is lost, nothing can be changed and nothing may be pruned.
 */
export class DesiredStore {
  readonly #store: StateStore;
  #current: DesiredState = NOTHING;
  #lost: string | null = null;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(store: StateStore) {
    this.#store = store;
  }

  get current(): DesiredState {
    return this.#current;
  }

  /** Why the stored state could not be read; null when all is well. */
  get lost(): string | null {
    return this.#lost;
  }

  /**
   * @param hostHasOurs whether the host still carries networks of an agent; then an empty state
   * directory means that the state was lost, not that there never was one
   */
  async load(hostHasOurs: boolean): Promise<void> {
    const loaded = await this.#store.load();
    if (loaded.kind === 'loaded') this.#current = loaded.state;
    if (loaded.kind === 'damaged') this.#lost = loaded.reason;
    if (loaded.kind === 'empty' && hostHasOurs) {
      this.#lost = 'the state directory is empty, but this host has networks that an agent made';
    }
  }

  /** @throws SallyportError `state_lost` */
  refuseLost(): void {
    if (this.#lost === null) return;
    throw new SallyportError(
      'state_lost',
      `The stored networks could not be read: ${this.#lost}. The guard stays as it is.`,
      {
        remedy:
          'Put back a copy of the state directory and restart the agent, or confirm all networks with: sallyport apply -f FILE',
      },
    );
  }

  /** One change after the other; on disk first. */
  update(change: (state: DesiredState) => DesiredState): Promise<void> {
    const next = this.#writing.then(async () => {
      this.refuseLost();
      await this.#write(change(this.#current));
    });
    this.#writing = next.catch(() => undefined);
    return next;
  }

  /** Ends the lost state with one that an administrator has confirmed. Answers where the old one went. */
  async replaceLost(state: DesiredState): Promise<string> {
    const where = await this.#store.setAside();
    await this.#write(state);
    this.#lost = null;
    return where;
  }

  async #write(state: DesiredState): Promise<void> {
    if (state === this.#current) return;
    await this.#store.save(state);
    this.#current = state;
  }
}
