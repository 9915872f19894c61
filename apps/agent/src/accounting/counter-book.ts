import type { CountersView } from '@sallyport/contract/counters';
import * as z from 'zod';
import type { Kept } from '../ports/store.ts';
import { countNow, type Evidence, networkCounters } from './counters-view.ts';
import { type StoredTotals, Totals } from './totals.ts';

/** What outlives the agent. */
export interface StoredCounters {
  /** Epoch milliseconds. */
  readonly since: number;
  readonly totals: StoredTotals;
  /** The highest figures that anybody was told. */
  readonly told: StoredTotals;
}

const amountSchema = z.strictObject({ packets: z.int().min(0), bytes: z.int().min(0) });
const trafficSchema = z.strictObject({
  sent: amountSchema,
  received: amountSchema,
  flows: z.int().min(0),
});
const totalsSchema = z.strictObject({
  networks: z.array(z.tuple([z.string(), trafficSchema])),
  containers: z.array(
    z.strictObject({
      container: z.strictObject({ id: z.string(), name: z.string() }),
      network: z.string(),
      traffic: trafficSchema,
    }),
  ),
});
export const storedCountersSchema = z.strictObject({
  since: z.int(),
  totals: totalsSchema,
  told: totalsSchema,
}) satisfies z.ZodType<StoredCounters>;

/** How flows are looked at: what {@link Totals} do not know by themselves. */
type Look = Omit<Evidence, 'totals'>;

/**
 * Counters that never go back, not even over the life of an agent. Flows that ended while nobody looked have taken
 * what they carried with them; what of it was told once is counted again.
 */
export class CounterBook {
  readonly totals = new Totals();
  readonly #told = new Totals();
  readonly #kept: Kept<StoredCounters>;
  readonly #onFailure: (error: unknown) => void;
  #since: number;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly kept: Kept<StoredCounters>;
    /** Epoch milliseconds, from which on is counted where nothing is stored. */
    readonly since: number;
    readonly onFailure: (error: unknown) => void;
  }) {
    this.#kept = options.kept;
    this.#since = options.since;
    this.#onFailure = options.onFailure;
  }

  /** Before the first flow is told. */
  async load(): Promise<void> {
    const stored = await this.#kept.load();
    if (stored === null) return;
    this.#since = stored.since;
    this.totals.raise(new Totals(stored.totals));
    this.#told.raise(new Totals(stored.told));
  }

  /** After a look at all living flows, where ends of flows may have been missed before. */
  async makeUp(look: Look): Promise<void> {
    const told = new Totals(this.#told.stored());
    const { now } = await countNow({ ...look, totals: this.totals });
    this.totals.makeUp({ told, now });
  }

  /** On disk before it is told. */
  async view(look: Look): Promise<Omit<CountersView, 'drops'>> {
    const { now, ports } = await countNow({ ...look, totals: this.totals });
    this.#told.raise(now);
    await this.save();
    return {
      since: this.#since,
      networks: networkCounters(look.names, this.#told),
      ports: ports.busiest(),
    };
  }

  /** Never throws: figures must not be in anything's way. */
  save(): Promise<void> {
    const write = () =>
      this.#kept.save({
        since: this.#since,
        totals: this.totals.stored(),
        told: this.#told.stored(),
      });
    this.#saving = this.#saving.then(write).catch(this.#onFailure);
    return this.#saving;
  }
}
