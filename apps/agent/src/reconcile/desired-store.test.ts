import { SallyportError } from '@sallyport/contract/errors';
import { describe, expect, it, vi } from 'vitest';
import { FakeStore } from '../../test/fakes/fake-store.ts';
import { Mutations } from '../../test/fakes/mutations.ts';
import { guideSpec, SPEC_B } from '../../test/guide-host.ts';
import type { DesiredState } from '../ports/store.ts';
import { DesiredStore } from './desired-store.ts';

const STATE: DesiredState = {
  networks: [guideSpec()],
  leases: [],
  ways: [{ slot: 1, key: 'main' }],
};
const add =
  (spec = SPEC_B) =>
  (state: DesiredState): DesiredState => ({ ...state, networks: [...state.networks, spec] });

async function storeWith(state: DesiredState | null = STATE) {
  const mutations = new Mutations();
  const disk = new FakeStore(mutations);
  if (state !== null) await disk.save(state);
  const desired = new DesiredStore(disk);
  await desired.load(false);
  return { disk, desired, mutations };
}

describe('what the agent was asked for', () => {
  it('is what the disk has, or nothing on a new host', async () => {
    expect((await storeWith()).desired.current).toEqual(STATE);
    const { desired } = await storeWith(null);
    expect(desired.current).toEqual({ networks: [], leases: [], ways: [] });
    expect(desired.lost).toBeNull();
  });

  it('is on disk before anybody sees it', async () => {
    const { disk, desired } = await storeWith();
    const save = vi.spyOn(disk, 'save').mockImplementation(async () => {
      expect(desired.current).toEqual(STATE);
    });
    await desired.update(add());
    expect(save).toHaveBeenCalledOnce();
    expect(desired.current.networks).toHaveLength(2);
  });

  it('stays as it was where it can not be stored, and can be changed later', async () => {
    const { desired, mutations } = await storeWith();
    mutations.failAt(1, 'before');
    await expect(desired.update(add())).rejects.toBeInstanceOf(SallyportError);
    expect(desired.current).toEqual(STATE);
    await desired.update(add());
    expect(desired.current.networks).toHaveLength(2);
  });

  it('loses no change of those that come at the same time', async () => {
    const { desired } = await storeWith();
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    await Promise.all(names.map((name) => desired.update(add(guideSpec({ name })))));
    expect(desired.current.networks.map(({ name }) => name)).toEqual(['z_custom_a', ...names]);
  });

  it('is not written where nothing changes', async () => {
    const { desired, mutations } = await storeWith();
    const before = mutations.count;
    await desired.update((state) => state);
    expect(mutations.count).toBe(before);
  });
});

describe('a state that is lost', () => {
  async function lost() {
    const all = await storeWith();
    all.disk.damage('it is not whole JSON');
    const desired = new DesiredStore(all.disk);
    await desired.load(true);
    return { ...all, desired };
  }

  it('is damaged, or missing while the host has networks of an agent', async () => {
    expect((await lost()).desired.lost).toBe('it is not whole JSON');
    const { desired } = await storeWith(null);
    await desired.load(true);
    expect(desired.lost).toContain('the state directory is empty');
  });

  it('can not be changed', async () => {
    const { desired, mutations } = await lost();
    const before = mutations.count;
    await expect(desired.update(add())).rejects.toMatchObject({ code: 'state_lost' });
    expect(() => desired.refuseLost()).toThrow('it is not whole JSON. The guard stays as it is.');
    expect(mutations.count).toBe(before);
  });

  it('ends with one that an administrator has confirmed', async () => {
    const { desired, disk } = await lost();
    expect(await desired.replaceLost(STATE)).toBe('state.json.damaged-0');
    expect(desired.lost).toBeNull();
    expect(desired.current).toEqual(STATE);
    expect(await disk.load()).toEqual({ kind: 'loaded', state: STATE });
  });

  it.each([1, 2])('stays lost where call %d of confirming it fails', async (call) => {
    const { desired, mutations } = await lost();
    mutations.failAt(call, 'before');
    await expect(desired.replaceLost(STATE)).rejects.toMatchObject({ code: 'state_not_writable' });
    expect(desired.lost).not.toBeNull();
    expect(desired.current.networks).toEqual([]);
  });
});
