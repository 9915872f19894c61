import * as z from 'zod';
import type { Nft, NftCounter, NftCounters } from '../ports/nft.ts';
import type { Kept } from '../ports/store.ts';

/** What is remembered of the guard's counters. */
export interface DropMemory {
  /** What tables that are gone have counted. */
  readonly base: NftCounters;
  /** What the table has counted when it was last read. */
  readonly last: NftCounters;
}

const countersSchema = z.record(
  z.string(),
  z.strictObject({ packets: z.int().min(0), bytes: z.int().min(0) }),
);
export const dropMemorySchema = z.strictObject({
  base: countersSchema,
  last: countersSchema,
}) satisfies z.ZodType<DropMemory>;

const NOTHING: NftCounter = { packets: 0, bytes: 0 };

/**
 * nftables whose counters never go back: they begin at 0 with each table that somebody else has put there or taken
 * away, and what tables before it have counted is added. Who counts on from a figure that falls is told of drops
 * that never were (Prometheus), or misses those that were.
 */
export function lastingDrops(
  nft: Nft,
  {
    kept,
    onFailure,
  }: {
    readonly kept: Kept<DropMemory>;
    readonly onFailure: (error: unknown) => void;
  },
): Nft {
  let memory: Promise<DropMemory> = kept.load().then((stored) => stored ?? { base: {}, last: {} });
  let saving: Promise<void> = Promise.resolve();

  /** One after the other: a reading that is late would look like a table that has begun anew. */
  const update = (change: (before: DropMemory) => Promise<DropMemory>): Promise<DropMemory> => {
    const before = memory;
    const after = before.then(change);
    memory = after.catch(() => before);
    return after;
  };

  const save = (value: DropMemory): void => {
    // Nobody waits for a disk to mend the guard.
    saving = saving.then(() => kept.save(value)).catch(onFailure);
  };

  return {
    changeElements: (delta) => nft.changeElements(delta),
    listTable: () => nft.listTable(),
    deleteTable: () => nft.deleteTable(),
    textOf: (table) => nft.textOf(table),
    version: () => nft.version(),

    async replaceTable(table, counters) {
      await update(async (before) => {
        await nft.replaceTable(table, counters);
        // What was told once stays, even if the caller's figures are a little older.
        const base = minus(told(before), counters);
        return { base, last: counters };
      });
    },

    async counters() {
      const after = await update(async (before) => take(before, await nft.counters()));
      save(after);
      return told(after);
    },
  };
}

/** Pure. The memory after a look at the table. */
function take({ base, last }: DropMemory, now: NftCounters): DropMemory {
  const grown = { ...base };
  for (const [reason, before] of Object.entries(last)) {
    if ((now[reason] ?? NOTHING).packets >= before.packets) continue;
    grown[reason] = plus(grown[reason] ?? NOTHING, before);
  }
  return { base: grown, last: now };
}

function told({ base, last }: DropMemory): NftCounters {
  const reasons = new Set([...Object.keys(last), ...Object.keys(base)]);
  return Object.fromEntries(
    [...reasons].map((reason) => [reason, plus(base[reason] ?? NOTHING, last[reason] ?? NOTHING)]),
  );
}

function plus(a: NftCounter, b: NftCounter): NftCounter {
  return { packets: a.packets + b.packets, bytes: a.bytes + b.bytes };
}

function minus(all: NftCounters, some: NftCounters): NftCounters {
  return Object.fromEntries(
    Object.entries(all).flatMap(([reason, { packets, bytes }]) => {
      const less = some[reason] ?? NOTHING;
      const rest = {
        packets: Math.max(0, packets - less.packets),
        bytes: Math.max(0, bytes - less.bytes),
      };
      return rest.packets === 0 && rest.bytes === 0 ? [] : [[reason, rest]];
    }),
  );
}
