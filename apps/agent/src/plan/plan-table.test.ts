import { describe, expect, it } from 'vitest';
import type { NftListing, NftTable } from '../ports/nft.ts';
import { planTable, structureKey } from './plan-table.ts';

const set = (elements: readonly string[]) =>
  ({ kind: 'set', type: 'ipv4_addr', interval: true, elements }) as const;
const TABLE: NftTable = {
  counters: ['drop'],
  limits: {},
  sets: { managed4: set(['10.0.0.0/24', '10.0.1.0/24']), bound4: set([]) },
  chains: { guard: { hook: 'type filter …', rules: ['counter name drop drop'] } },
};
const STRUCTURE = 'as nft spells it';
const APPLIED = { key: structureKey(TABLE), listing: STRUCTURE };
const listing = (changes: Partial<NftListing> = {}): NftListing => ({
  structure: STRUCTURE,
  elements: { managed4: ['10.0.0.0/24', '10.0.1.0/24'], bound4: [] },
  ...changes,
});

describe('the step for the table', () => {
  it('is none where all is as it should be', () => {
    expect(planTable(TABLE, listing(), APPLIED)).toEqual([]);
  });

  it.each<[string, NftListing | null, typeof APPLIED | null]>([
    ['is missing', null, APPLIED],
    ['is from before this start', listing(), null],
    ['have to change', listing(), { ...APPLIED, key: 'another' }],
    ['somebody changed the rules', listing({ structure: 'with a rule more' }), APPLIED],
  ])('replaces it where it %s', (why, actual, applied) => {
    expect(planTable(TABLE, actual, applied)).toMatchObject([
      {
        kind: 'table.replace',
        args: { table: TABLE },
        why: expect.stringContaining(why) as string,
      },
    ]);
  });

  it('changes elements only, where only these differ', () => {
    const elements = { managed4: ['10.0.1.0/24', '10.9.0.0/24'], bound4: ['192.0.2.1'] };
    const [step] = planTable(TABLE, listing({ elements }), APPLIED);
    expect(step).toEqual({
      kind: 'table.change',
      args: {
        delta: {
          add: { managed4: ['10.0.0.0/24'] },
          remove: { managed4: ['10.9.0.0/24'], bound4: ['192.0.2.1'] },
        },
      },
      network: null,
      why: '10.0.0.0/24 is missing from managed4; 10.9.0.0/24 is too much in managed4; 192.0.2.1 is too much in bound4',
    });
  });

  it('tells some differences and counts the rest', () => {
    const [step] = planTable(TABLE, listing({ elements: { bound4: ['a', 'b', 'c'] } }), APPLIED);
    expect(step?.why).toMatch(/is missing from managed4; a is too much in bound4; and 2 more$/);
  });
});

describe('the key of a structure', () => {
  it('is the same whatever the elements are, and another one for all else', () => {
    const key = structureKey(TABLE);
    const managed4 = set(['10.7.0.0/24']);
    expect(structureKey({ ...TABLE, sets: { ...TABLE.sets, managed4 } })).toBe(key);
    const others: readonly NftTable[] = [
      { ...TABLE, counters: ['drop', 'more'] },
      { ...TABLE, sets: { managed4 } },
      { ...TABLE, sets: { ...TABLE.sets, managed4: { ...managed4, interval: false } } },
      { ...TABLE, sets: { ...TABLE.sets, managed4: { ...managed4, type: 'ifname' } } },
      { ...TABLE, chains: { guard: { hook: null, rules: ['counter name drop drop'] } } },
      { ...TABLE, chains: { guard: { hook: 'type filter …', rules: [] } } },
    ];
    expect(others.map(structureKey)).not.toContain(key);
  });
});
