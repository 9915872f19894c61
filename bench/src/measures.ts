import type { Figure } from './figures.ts';

/** What is said to every bench. */
export interface BenchOptions {
  /** Short rounds, to try. */
  readonly quick: boolean;
  /** One measure alone. */
  readonly only?: string;
}

/** What at least a measure finds. */
interface Found {
  readonly figures: readonly Figure[];
}

/**
 * Runs measures one after the other and prints what they find.
 * @returns what was found by name; undefined, said, where there is no such measure
 */
export async function runMeasures<T extends Found>(
  measures: Readonly<Record<string, () => Promise<T>>>,
  only: string | undefined,
): Promise<ReadonlyMap<string, T> | undefined> {
  const names = Object.keys(measures);
  if (only !== undefined && !names.includes(only)) {
    console.error(`There is no measure ${JSON.stringify(only)}; there are ${names.join(', ')}.`);
    return undefined;
  }
  const all = new Map<string, T>();
  for (const [name, measure] of Object.entries(measures)) {
    if (only !== undefined && name !== only) continue;
    console.error(`== ${name}`);
    // oxlint-disable-next-line no-await-in-loop -- one measure at a time
    const found = await measure();
    all.set(name, found);
    for (const { name: what, measured, target, reached } of found.figures) {
      const verdict = target === '' ? '' : ` (${target}: ${reached ? 'reached' : 'MISSED'})`;
      console.log(`${what}: ${measured}${verdict}`);
    }
  }
  return all;
}

/** 1 where a target was missed. */
export function exitCode(all: ReadonlyMap<string, Found>): number {
  const figures = [...all.values()].flatMap((found) => found.figures);
  return figures.every(({ reached }) => reached) ? 0 : 1;
}
