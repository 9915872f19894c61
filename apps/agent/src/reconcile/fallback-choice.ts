import type { Ipv4 } from '@sallyport/core/ipv4';
import type { NetworkSpec } from '@sallyport/core/network';
import type { PickExit } from '../plan/find-way.ts';

/** So long an address must have been usable without a break before a network goes back to it. */
export const BACK_MS = 30_000;

interface Standing {
  /** By which it leaves. */
  readonly address: Ipv4;
  /** Since when each listed address can be used; null: it can't. */
  readonly usableSince: ReadonlyMap<Ipv4, number | null>;
}

/**
 * By which of its listed addresses a network with fallbacks leaves. It leaves a way that can't be used at once, for
 * the first that can; it goes back to an earlier one only when that has been usable for a while, so that a router
 * that comes and goes does not take the network with it.
 */
export class FallbackChoice {
  readonly #now: () => number;
  #standings = new Map<string, Standing>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Forgets networks that are gone. */
  keep(specs: readonly NetworkSpec[]): void {
    const known = new Set(specs.map(({ id }) => id));
    this.#standings = new Map([...this.#standings].filter(([id]) => known.has(id)));
  }

  /** Whether some network would go back to an earlier address now. */
  isDue(): boolean {
    return [...this.#standings.values()].some(
      (standing) => this.#earlier(standing) !== standing.address,
    );
  }

  readonly pick: PickExit = (spec, candidates) => {
    const now = this.#now();
    const before = this.#standings.get(spec.id);
    const usableSince = new Map(
      candidates.map(({ address, usable }) => {
        if (!usable) return [address, null];
        // Who has just started knows nothing, and nothing has to be waited for.
        const first = before === undefined ? -Infinity : now;
        return [address, before?.usableSince.get(address) ?? first];
      }),
    );
    const usable = candidates.filter((one) => one.usable).map(({ address }) => address);
    const first = candidates[0]?.address;
    const current = before?.address;
    const next = current !== undefined && usable.includes(current) ? current : (usable[0] ?? first);
    if (next === undefined) throw new Error(`${spec.name} has no egress address`);
    const address = this.#earlier({ address: next, usableSince });
    this.#standings.set(spec.id, { address, usableSince });
    return address;
  };

  /** The first that has been usable for long enough, up to the present one. */
  #earlier({ address, usableSince }: Standing): Ipv4 {
    const ripe = this.#now() - BACK_MS;
    for (const [one, since] of usableSince) {
      if (one === address) return address;
      if (since !== null && since <= ripe) return one;
    }
    return address;
  }
}
