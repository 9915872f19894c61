import type { CountersView } from '@sallyport/contract/counters';

/** What a network carries, by the second. */
export interface Rate {
  /** Bytes by containers, and to them. */
  readonly sent: number;
  readonly received: number;
  /** Connections that began. */
  readonly flows: number;
  /** Containers of which anything was seen since the look before. */
  readonly active: number;
}

/** Rates of all networks at a time, in epoch milliseconds. */
export interface Sample {
  readonly at: number;
  readonly rates: ReadonlyMap<string, Rate>;
}

/** Counters as they were at a time, in epoch milliseconds. */
export interface Reading {
  readonly at: number;
  readonly networks: CountersView['networks'];
}

/** Pure. What went by between two readings; a network that is new has no rate yet. */
export function ratesBetween(before: Reading, now: Reading): Sample {
  const seconds = Math.max((now.at - before.at) / 1_000, 0.001);
  const earlier = new Map(before.networks.map((one) => [one.network, one]));
  const rates = new Map<string, Rate>();
  for (const one of now.networks) {
    const then = earlier.get(one.network);
    if (then === undefined) continue;
    const known = new Map(then.containers.map((container) => [container.id, container]));
    rates.set(one.network, {
      sent: (one.sent.bytes - then.sent.bytes) / seconds,
      received: (one.received.bytes - then.received.bytes) / seconds,
      flows: (one.flows - then.flows) / seconds,
      active: one.containers.filter(({ id, sent }) => {
        return sent.packets > (known.get(id)?.sent.packets ?? 0);
      }).length,
    });
  }
  return { at: now.at, rates };
}
