import { SallyportError } from '@sallyport/contract/errors';
import type { Shape, Shaping } from '../../src/ports/shaping.ts';
import type { FakeKernel } from './fake-kernel.ts';
import type { Mutations } from './mutations.ts';

/** Queues on the bridges of a fake kernel, which go with their bridge. */
export class FakeShaping implements Shaping {
  readonly #kernel: FakeKernel;
  readonly #mutations: Mutations;
  readonly #rates = new Map<string, number>();
  /** A kernel without token buckets. */
  refuses = false;

  constructor(kernel: FakeKernel, mutations: Mutations) {
    this.#kernel = kernel;
    this.#mutations = mutations;
  }

  /** Somebody takes the bridge's queue away. */
  loseQueue(bridge: string): void {
    this.#rates.delete(bridge);
  }

  async observe(): Promise<readonly Shape[]> {
    for (const bridge of this.#rates.keys())
      if (!this.#kernel.hasLink(bridge)) this.loseQueue(bridge);
    return [...this.#rates].map(([bridge, rate]) => ({ bridge, rate }));
  }

  apply({ bridge, rate }: Shape): Promise<void> {
    return this.#mutations.mutate('shaping.apply', () => {
      if (rate === null) return this.loseQueue(bridge);
      if (this.refuses || !this.#kernel.hasLink(bridge))
        throw new SallyportError('host_refused', `tc refused the limit of ${bridge}`);
      this.#rates.set(bridge, rate);
    });
  }
}
