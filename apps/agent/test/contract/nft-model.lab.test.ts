import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNftCli } from '../../src/adapters/nft-cli.ts';
import type { Nft, NftDelta } from '../../src/ports/nft.ts';
import { FakeHost } from '../fakes/fake-host.ts';
import { sampleTable } from './sample-table.ts';
import { createThrowAwayNamespace, type ThrowAwayNamespace } from './throw-away-namespace.ts';

/* Whatever is asked for, the fake says yes and no as the kernel does, and holds what it holds. */

let namespace: ThrowAwayNamespace;
beforeAll(async () => {
  namespace = await createThrowAwayNamespace();
});
afterAll(async () => {
  await namespace.remove();
});

/** Few values, so that they meet: the same, one within the other, side by side. */
const prefix = fc.constantFrom(
  '10.208.0.0/23',
  '10.208.0.0/24',
  '10.208.1.0/24',
  '10.208.1.128/25',
  '10.208.1.9',
  '10.208.0.200-10.208.1.8',
);
const name = fc.constantFrom('"a"', '"b.1"');
const address = fc.constantFrom('192.0.2.1', '192.0.2.2');
const joined = (separator: string, ...parts: readonly fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((values) => values.join(separator));

const ELEMENT: Readonly<Record<string, fc.Arbitrary<string>>> = {
  bridges: name,
  managed4: prefix,
  sources4: joined(' . ', name, prefix),
  snat4: joined(' : ', prefix, address),
  egress4: joined(' . ', prefix, name, address),
  ways: joined(' : ', name, fc.constantFrom('jump way_1', 'jump way_2')),
};

const side = fc
  .record(
    Object.fromEntries(
      Object.entries(ELEMENT).map(([set, element]) => [
        set,
        fc.uniqueArray(element, { minLength: 1, maxLength: 2 }),
      ]),
    ),
    { requiredKeys: [] },
  )
  .map((record) => record as Record<string, readonly string[]>);
const small = fc
  .tuple(side, fc.constantFrom(...Object.keys(ELEMENT)))
  .map(([record, set]) => (record[set] === undefined ? {} : { [set]: record[set] }));
const delta: fc.Arbitrary<NftDelta> = fc.record({ add: small, remove: small });

/**
 * Where a concatenation is to be removed, Linux 6.18 removes whatever holds its first corner. The fake
 * is stricter, so that a plan which removes what it was never told of is found out; not compared here.
 */
function withoutStrangers(
  { add, remove }: NftDelta,
  present: Readonly<Record<string, readonly string[]>>,
): NftDelta {
  const known = Object.entries(remove).filter(
    ([set, elements]) =>
      !['sources4', 'egress4'].includes(set) ||
      elements.every((element) => present[set]?.includes(element) === true),
  );
  return { add, remove: Object.fromEntries(known) };
}

async function attempt(work: Promise<unknown>): Promise<'done' | 'refused'> {
  try {
    await work;
    return 'done';
  } catch {
    return 'refused';
  }
}

async function outcome(nft: Nft, work: Promise<unknown>) {
  const result = await attempt(work);
  return { result, elements: (await nft.listTable())?.elements };
}

describe('the fake nft and the real one', () => {
  it('agree about every table and every change', async () => {
    const seen = { done: 0, refused: 0 };
    const property = fc.asyncProperty(
      side,
      fc.array(delta, { maxLength: 4 }),
      async (elements, deltas) => {
        const real = createNftCli(namespace.run);
        const fake = new FakeHost().nft;
        await real.deleteTable();
        const table = sampleTable(elements);
        const first = await outcome(real, real.replaceTable(table, {}));
        expect(await outcome(fake, fake.replaceTable(table, {}))).toEqual(first);
        for (const wish of deltas) {
          const change = withoutStrangers(wish, (await real.listTable())?.elements ?? {});
          const answer = await outcome(real, real.changeElements(change));
          seen[answer.result]++;
          expect(await outcome(fake, fake.changeElements(change))).toEqual(answer);
        }
      },
    );
    await fc.assert(property, { numRuns: 60 });
    // Otherwise nothing was compared.
    expect(Math.min(seen.done, seen.refused)).toBeGreaterThan(5);
  });
});
