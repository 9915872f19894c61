import { beforeEach, describe, expect, it } from 'vitest';
import type { Nft, NftTable } from '../../src/ports/nft.ts';
import { sampleElements, sampleTable } from './sample-table.ts';

const NONE = {};

/** What everything that calls itself Nft does. @param make a new, empty nftables */
export function describeNft(make: () => Promise<Nft>): void {
  let nft: Nft;
  const elements = async () => (await nft.listTable())?.elements;
  const structure = async () => (await nft.listTable())?.structure;

  describe('Nft', () => {
    beforeEach(async () => {
      nft = await make();
    });

    it('has no table at first, and does not mind deleting it', async () => {
      expect(await nft.listTable()).toBeNull();
      expect(await nft.counters()).toEqual({});
      await nft.deleteTable();
      expect(await nft.listTable()).toBeNull();
    });

    it.each([0, 1, 7, 1_000])('lists the elements of %i networks as they were given', async (n) => {
      const table = sampleTable(sampleElements(n));
      await nft.replaceTable(table, NONE);
      expect(await elements()).toEqual(sortedElements(table));
    });

    it('spells a single address without its length, so callers must as well', async () => {
      const table = sampleTable({
        managed4: ['10.208.0.9/32', '10.208.0.8/32'],
        snat4: ['10.208.0.9/32 : 192.168.4.153'],
        sources4: ['"z" . 10.208.0.9/32'],
      });
      await nft.replaceTable(table, NONE);
      expect(await elements()).toMatchObject({
        managed4: ['10.208.0.8', '10.208.0.9'],
        snat4: ['10.208.0.9 : 192.168.4.153'],
        sources4: ['"z" . 10.208.0.9'],
      });
    });

    it('replaces everything that was there', async () => {
      await nft.replaceTable(sampleTable(sampleElements(20)), NONE);
      const next = sampleTable(sampleElements(3));
      await nft.replaceTable(next, NONE);
      expect(await elements()).toEqual(sortedElements(next));
    });

    it('tells another structure by another rule, and by nothing else', async () => {
      await nft.replaceTable(sampleTable(), NONE);
      const first = await structure();
      await nft.replaceTable(sampleTable(sampleElements(50)), {
        drop_one: { packets: 3, bytes: 4 },
      });
      expect(await structure()).toBe(first);
      const { chains, ...rest } = sampleTable();
      const changed = {
        ...rest,
        chains: { ...chains, way_2: { hook: null, rules: ['counter name drop_one drop'] } },
      };
      await nft.replaceTable(changed, NONE);
      expect(await structure()).not.toBe(first);
    });

    it('keeps the old table where the new one has a fault', async () => {
      const table = sampleTable(sampleElements(3));
      await nft.replaceTable(table, NONE);
      const broken = {
        ...sampleTable(sampleElements(5)),
        chains: { lost: { hook: null, rules: ['jump nowhere'] } },
      };
      await expect(nft.replaceTable(broken, NONE)).rejects.toMatchObject({ code: 'host_refused' });
      expect(await elements()).toEqual(sortedElements(table));
    });

    it.each([
      ['a prefix', { managed4: ['10.208.0.0/16', '10.208.1.0/24'] }],
      ['a map', { snat4: ['10.208.0.0/16 : 192.0.2.1', '10.208.1.0/24 : 192.0.2.2'] }],
    ])('refuses %s within another', async (_, overlapping) => {
      await expect(nft.replaceTable(sampleTable(overlapping), NONE)).rejects.toMatchObject({
        code: 'host_refused',
      });
      expect(await nft.listTable()).toBeNull();
    });

    it('adds and removes elements of every kind', async () => {
      const [three, four] = [sampleElements(3), sampleElements(4)];
      await nft.replaceTable(sampleTable(three), NONE);
      const before = await structure();
      const change = differenceOf(three, four);
      await nft.changeElements({ add: change, remove: {} });
      expect(await elements()).toEqual(sortedElements(sampleTable(four)));
      await nft.changeElements({ add: {}, remove: change });
      expect(await elements()).toEqual(sortedElements(sampleTable(three)));
      expect(await structure()).toBe(before);
    });

    it('changes the value of a key in one go', async () => {
      await nft.replaceTable(sampleTable(sampleElements(3)), NONE);
      await nft.changeElements({
        remove: {
          snat4: ['10.208.1.0/24 : 192.168.4.153'],
          ways: ['"z_net.0" : jump way_1'],
        },
        add: { snat4: ['10.208.1.0/24 : 192.168.4.53'], ways: ['"z_net.0" : jump way_2'] },
      });
      expect(await elements()).toMatchObject({
        snat4: [
          '10.208.0.0/24 : 192.168.56.103',
          '10.208.1.0/24 : 192.168.4.53',
          '10.208.2.0/24 : 192.168.4.153',
        ],
        ways: ['"z_net.0" : jump way_2', '"z_net.1" : jump way_2', '"z_net.2" : jump way_1'],
      });
    });

    it('changes 1,000 elements at once', async () => {
      await nft.replaceTable(sampleTable(), NONE);
      await nft.changeElements({ add: sampleElements(1_000), remove: {} });
      expect(await elements()).toEqual(sortedElements(sampleTable(sampleElements(1_000))));
    });

    it('does not mind adding what is there', async () => {
      const table = sampleTable(sampleElements(3));
      await nft.replaceTable(table, NONE);
      await nft.changeElements({ add: sampleElements(3), remove: {} });
      expect(await elements()).toEqual(sortedElements(table));
    });

    it.each([
      ['removing what is not there', {}, { managed4: ['10.99.0.0/24'] }],
      ['another value for a key', { snat4: ['10.208.1.0/24 : 192.0.2.1'] }, {}],
      ['an overlap', { managed4: ['10.208.1.0/25'] }, {}],
      ['an overlap in a concatenation', { sources4: ['"z_net.1" . 10.208.1.0/25'] }, {}],
      ['a set that is not there', { nothing: ['10.0.0.1'] }, {}],
    ])('changes nothing at all where it refuses: %s', async (_, add, remove) => {
      const table = sampleTable(sampleElements(3));
      await nft.replaceTable(table, NONE);
      const good = { bridges: ['"good"'] };
      await expect(nft.changeElements({ add: { ...good, ...add }, remove })).rejects.toMatchObject({
        code: 'host_refused',
      });
      expect(await elements()).toEqual(sortedElements(table));
    });

    it('refuses to change a table that is not there', async () => {
      await expect(
        nft.changeElements({ add: { bridges: ['"z"'] }, remove: {} }),
      ).rejects.toMatchObject({ code: 'host_refused' });
    });

    it('starts counters where it is told to', async () => {
      await nft.replaceTable(sampleTable(), { drop_two: { packets: 5, bytes: 420 } });
      expect(await nft.counters()).toEqual({
        drop_one: { packets: 0, bytes: 0 },
        drop_two: { packets: 5, bytes: 420 },
      });
      await nft.changeElements({ add: sampleElements(2), remove: {} });
      expect((await nft.counters())['drop_two']).toEqual({ packets: 5, bytes: 420 });
    });

    it('tells the version of nft', async () => {
      expect(await nft.version()).toMatch(/^\d+\.\d+/);
    });
  });
}

function sortedElements({ sets }: NftTable): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(sets).map(([name, set]) => [name, set.elements.toSorted()]),
  );
}

function differenceOf(
  less: Readonly<Record<string, readonly string[]>>,
  more: Readonly<Record<string, readonly string[]>>,
): Record<string, readonly string[]> {
  const entries = Object.entries(more).map(
    ([name, elements]) =>
      [name, elements.filter((element) => less[name]?.includes(element) !== true)] as const,
  );
  return Object.fromEntries(entries.filter(([, elements]) => elements.length > 0));
}
