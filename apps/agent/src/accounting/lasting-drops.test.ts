import { describe, expect, it, vi } from 'vitest';
import { sampleTable } from '../../test/contract/sample-table.ts';
import { FakeHost } from '../../test/fakes/fake-host.ts';
import { FakeKept } from '../../test/fakes/fake-kept.ts';
import { type DropMemory, lastingDrops } from './lasting-drops.ts';

/** A table that has dropped, and the agents that live one after the other. */
async function counted() {
  const { nft } = new FakeHost();
  const kept = new FakeKept<DropMemory>();
  const onFailure = vi.fn<(error: unknown) => void>();
  const start = () => lastingDrops(nft, { kept, onFailure });
  await nft.replaceTable(sampleTable(), {});
  nft.hit('drop_one', { packets: 5, bytes: 300 });
  return { nft, kept, start, onFailure };
}

const one = async (drops: { counters(): Promise<object> }) =>
  (await drops.counters()) as Readonly<Record<string, { packets: number; bytes: number }>>;

describe('what the guard has counted', () => {
  it('stays when the table is replaced, deleted and made anew', async () => {
    const { nft, start } = await counted();
    const drops = start();
    expect((await one(drops))['drop_one']).toEqual({ packets: 5, bytes: 300 });
    nft.flushRuleset();
    expect((await one(drops))['drop_one']).toEqual({ packets: 5, bytes: 300 });
    // As the executor does: the new table begins with what was counted so far.
    await drops.replaceTable(sampleTable(), await drops.counters());
    nft.hit('drop_one', { packets: 1, bytes: 60 });
    expect((await one(drops))['drop_one']).toEqual({ packets: 6, bytes: 360 });
    await drops.deleteTable();
    expect((await one(drops))['drop_one']).toEqual({ packets: 6, bytes: 360 });
  });

  it('stays when table and agent are gone, as after a boot', async () => {
    const { nft, start } = await counted();
    await one(start());
    await vi.waitFor(async () => expect(await start().counters()).toBeDefined());
    await nft.replaceTable(sampleTable(), {});
    nft.hit('drop_one', { packets: 2, bytes: 120 });
    expect((await one(start()))['drop_one']).toEqual({ packets: 7, bytes: 420 });
  });

  it('is not counted twice by an agent that finds the table of the one before', async () => {
    const { nft, start } = await counted();
    await one(start());
    nft.hit('drop_one', { packets: 1, bytes: 60 });
    expect((await one(start()))['drop_one']).toEqual({ packets: 6, bytes: 360 });
  });

  it('never falls below what was told, whatever a new table begins with', async () => {
    const { nft, start } = await counted();
    const drops = start();
    const before = await drops.counters();
    nft.hit('drop_one', { packets: 3, bytes: 180 });
    expect((await one(drops))['drop_one']?.packets).toBe(8);
    await drops.replaceTable(sampleTable(), before);
    expect((await one(drops))['drop_one']?.packets).toBe(8);
  });

  it('is told although it can not be stored', async () => {
    const { kept, start, onFailure } = await counted();
    kept.save = () => Promise.reject(new Error('no space left'));
    expect((await one(start()))['drop_one']?.packets).toBe(5);
    await vi.waitFor(() => expect(onFailure).toHaveBeenCalledOnce());
  });

  it('is of nobody where a table could not be replaced', async () => {
    const { nft, start } = await counted();
    const drops = start();
    await drops.counters();
    vi.spyOn(nft, 'replaceTable').mockRejectedValueOnce(new Error('nft refused'));
    await expect(drops.replaceTable(sampleTable(), {})).rejects.toThrow('nft refused');
    expect((await one(drops))['drop_one']?.packets).toBe(5);
  });
});
