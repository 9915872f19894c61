import { applyRequestSchema } from '@sallyport/contract/document';
import { networkAdoptSchema, networkUpdateSchema } from '@sallyport/contract/network';
import type { NetworkSpec } from '@sallyport/core/network';
import { parseCidr4 } from '@sallyport/core/cidr4';
import { parseIpv4 } from '@sallyport/core/ipv4';
import { interfaceName, parseNetworkName } from '@sallyport/core/network-name';
import { describe, expect, it } from 'vitest';
import { startFakeAgent } from '../fake-agent.ts';
import { createGuideHost, type FakeHost } from '../fakes/fake-host.ts';
import { A, B } from '../reconcile/changes.ts';

const NOBODY = parseNetworkName('nobody');
const MOVE = networkUpdateSchema.parse({ egress: { ipv4: ['192.168.4.53'] } });
const apply = (networks: readonly object[], options: object = {}) =>
  applyRequestSchema.parse({ document: { networks }, ...options });
const WISH_A = { name: 'z_custom_a', egress: { ipv4: '192.168.4.153' } };
const WISH_B = { name: 'z_custom_b', egress: { ipv4: '192.168.56.103' }, gateway: '192.168.56.1' };

async function withBoth() {
  const host = createGuideHost();
  const agent = await startFakeAgent(host);
  await agent.networks.create(A, 'root');
  await agent.networks.create(B, 'root');
  return { host, agent, ...agent };
}

function idOf({ docker }: FakeHost, name: string): string {
  const network = docker.known.find((one) => one.name === name);
  if (network === undefined) throw new Error(`Docker has no network ${name}`);
  return network.id;
}

describe('wishes', () => {
  it('are told with who asked', async () => {
    const { networks, told } = await withBoth();
    await networks.update(A.name, MOVE, null);
    await networks.delete(B.name, 'alice');
    expect(
      told.map(({ kind, network, actor, message }) => ({ kind, network, actor, message })),
    ).toEqual([
      {
        kind: 'network.created',
        network: 'z_custom_a',
        actor: 'root',
        message: '10.208.0.0/24 leaves as 192.168.4.153, route uplink',
      },
      {
        kind: 'network.created',
        network: 'z_custom_b',
        actor: 'root',
        message: '10.208.1.0/24 leaves as 192.168.56.103, route uplink',
      },
      {
        kind: 'network.updated',
        network: 'z_custom_a',
        actor: null,
        message: '10.208.0.0/24 leaves as 192.168.4.53, route uplink',
      },
      { kind: 'network.deleted', network: 'z_custom_b', actor: 'alice', message: 'deleted' },
    ]);
  });

  it('at the same time are carried out one after the other, with a subnet each', async () => {
    const host = createGuideHost();
    const { networks } = await startFakeAgent(host);
    const wishes = Array.from({ length: 20 }, (_, n) => ({
      ...A,
      name: parseNetworkName(`n${n}`),
    }));
    const views = await Promise.all(wishes.map((wish) => networks.create(wish, null)));
    expect(new Set(views.map(({ subnet }) => subnet)).size).toBe(20);
    expect(views.every(({ state }) => state === 'Ready')).toBe(true);
  });

  it('for the same name at the same time make one network', async () => {
    const { networks } = await startFakeAgent(createGuideHost());
    const both = await Promise.allSettled([networks.create(A, null), networks.create(A, null)]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(both[1]).toMatchObject({ reason: { code: 'network_exists' } });
    expect(networks.list()).toHaveLength(1);
  });

  it('go on after one that was refused', async () => {
    const { networks } = await startFakeAgent(createGuideHost());
    const refused = networks.update(NOBODY, MOVE, null);
    const created = networks.create(A, null);
    await expect(refused).rejects.toMatchObject({ code: 'network_not_found' });
    expect((await created).state).toBe('Ready');
  });

  it.each(['show', 'update', 'delete'] as const)(
    'to %s what is not there are refused',
    async (kind) => {
      const { networks, host } = await withBoth();
      const before = await host.dump();
      const work = {
        show: async () => networks.show(NOBODY),
        update: () => networks.update(NOBODY, MOVE, null),
        delete: () => networks.delete(NOBODY, null),
      };
      await expect(work[kind]()).rejects.toMatchObject({
        code: 'network_not_found',
        remedy: 'These exist: sallyport network list',
      });
      expect(await host.dump()).toBe(before);
    },
  );
});

describe('more pairs of uplink and gateway than there are marks', () => {
  it('are refused, and leave nothing', async () => {
    const { host, desired, networks } = await withBoth();
    // 250 ways in use: as many networks, each by a gateway of its own.
    const [a] = desired.current.networks;
    const many = Array.from({ length: 250 }, (_, n) => ({
      ...(a as NetworkSpec),
      id: `id-${n}`,
      name: parseNetworkName(`many${n}`),
      bridge: interfaceName(`many${n}`),
      subnet: parseCidr4(`10.210.${n}.0/24`),
      gateway: parseIpv4(`192.168.4.${n + 2 === 153 || n + 2 === 53 ? 254 : n + 2}`),
    }));
    await desired.update((state) => ({ ...state, networks: [...state.networks, ...many] }));
    await networks.reconcile(null);
    const before = await host.dump();
    const wish = { ...B, name: parseNetworkName('one_more'), gateway: parseIpv4('192.168.56.77') };
    await expect(networks.create(wish, null)).rejects.toMatchObject({ code: 'too_many_uplinks' });
    expect(await host.dump()).toBe(before);
  });
});

describe('a network that containers use', () => {
  async function used() {
    const all = await withBoth();
    const id = idOf(all.host, 'z_custom_a');
    all.host.docker.connect(id, { id: 'c1', name: 'web', ipv4: '10.208.0.2' });
    return { ...all, before: await all.host.dump() };
  }

  it('is not deleted', async () => {
    const { host, networks, before } = await used();
    await expect(networks.delete(A.name, null)).rejects.toMatchObject({
      code: 'network_in_use',
      message: 'The network z_custom_a is used by 1 container(s): web.',
      remedy: 'Remove them first: docker rm -f web',
    });
    expect(await host.dump()).toBe(before);
  });

  it('is not pruned, and nothing else of that document is done', async () => {
    const { host, networks, before } = await used();
    const wish = { name: 'another', egress: { ipv4: '192.168.4.53' } };
    for (const dryRun of [true, false]) {
      const applied = networks.apply(apply([wish, WISH_B], { prune: true, dryRun }), null);
      await expect(applied).rejects.toMatchObject({ code: 'network_in_use' });
      expect(await host.dump()).toBe(before);
    }
  });
});

describe('a document', () => {
  it('makes what is missing, and is fine a second time', async () => {
    const { networks, told } = await startFakeAgent(createGuideHost());
    const first = await networks.apply(apply([WISH_A, WISH_B]), 'root');
    expect(first).toMatchObject({
      applied: true,
      changes: [{ action: 'create' }, { action: 'create' }],
    });
    expect(told.map(({ kind }) => kind)).toEqual(['network.created', 'network.created']);
    const second = await networks.apply(apply([WISH_A, WISH_B]), 'root');
    expect(second.changes.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
    expect(told).toHaveLength(2);
    expect(
      (await networks.apply({ ...apply([]), document: networks.exportDocument() }, null)).changes,
    ).toMatchObject([{ action: 'unchanged' }, { action: 'unchanged' }]);
  });

  it('that is only tried changes nothing', async () => {
    const { host, networks } = await withBoth();
    const before = await host.dump();
    const calls = host.mutations.count;
    const result = await networks.apply(apply([WISH_A], { dryRun: true, prune: true }), null);
    expect(result).toMatchObject({ applied: false, changes: [{}, { action: 'delete' }] });
    expect(await host.dump()).toBe(before);
    expect(host.mutations.count).toBe(calls);
  });
});

describe('while Docker does not answer', () => {
  it('nothing is accepted, and the guard stays', async () => {
    const { host, agent, networks } = await withBoth();
    host.docker.down = true;
    const refused = { code: 'docker_unreachable' };
    await expect(networks.create({ ...A, name: NOBODY }, null)).rejects.toMatchObject(refused);
    await expect(networks.delete(A.name, null)).rejects.toMatchObject(refused);
    await expect(networks.adoptable()).rejects.toMatchObject(refused);
    expect((await agent.run()).done).toEqual([]);
    expect(networks.list().map(({ state }) => state)).toEqual(['Error', 'Error']);
    host.docker.down = false;
    await agent.run();
    expect(networks.list().map(({ state }) => state)).toEqual(['Ready', 'Ready']);
  });
});

describe('while the stored state is lost', () => {
  async function lost(spoil: (host: FakeHost) => void) {
    const { host } = await withBoth();
    spoil(host);
    const before = await host.dump();
    return { host, before, agent: await startFakeAgent(host) };
  }

  it.each<[string, (host: FakeHost) => void]>([
    ['damaged', ({ store }) => store.damage('state.json is not whole JSON')],
    ['gone', ({ store }) => store.wipe()],
  ])('since it is %s, nothing is shown, changed or pruned', async (_, spoil) => {
    const { host, before, agent } = await lost(spoil);
    const { networks } = agent;
    const wish = networkAdoptSchema.parse({ egress: A.egress });
    const refused = { code: 'state_lost', remedy: expect.stringContaining('apply -f') as string };
    for (const work of [
      async () => networks.list(),
      async () => networks.show(A.name),
      async () => networks.exportDocument(),
      () => networks.create({ ...A, name: NOBODY }, null),
      () => networks.update(A.name, MOVE, null),
      () => networks.delete(A.name, null),
      () => networks.adopt({ ...wish, name: NOBODY }, null),
    ])
      await expect(work()).rejects.toMatchObject(refused);
    expect((await agent.run()).done).toEqual([]);
    expect(await host.dump()).toBe(before);
  });

  it('a document with all networks ends it, with the same host', async () => {
    const { host, before, agent } = await lost(({ store }) => store.wipe());
    await agent.networks.apply(apply([WISH_A, WISH_B]), 'root');
    expect(agent.desired.lost).toBeNull();
    expect(agent.told.map(({ kind }) => kind)).toContain('state.lost');
    // Which way had which slot is lost for good.
    const withoutSlots = (dump: string) =>
      dump.replaceAll(/^.*(table 41\d\d|jump way_\d).*\n/gm, '');
    expect(withoutSlots(await host.dump())).toBe(withoutSlots(before));
    const next = await startFakeAgent(host);
    expect(next.networks.list().map(({ name, subnet }) => `${name} ${subnet}`)).toEqual([
      'z_custom_a 10.208.0.0/24',
      'z_custom_b 10.208.1.0/24',
    ]);
  });

  it('a document that leaves one out is refused, pruning or not', async () => {
    const { host, before, agent } = await lost(({ store }) => store.wipe());
    for (const prune of [false, true])
      await expect(agent.networks.apply(apply([WISH_A], { prune }), null)).rejects.toMatchObject({
        code: 'state_lost',
        message: expect.stringContaining('z_custom_b is missing') as string,
      });
    expect(agent.desired.lost).not.toBeNull();
    expect(await host.dump()).toBe(before);
  });

  it('a trial run does not end it', async () => {
    const { host, before, agent } = await lost(({ store }) => store.wipe());
    await agent.networks.apply(apply([WISH_A, WISH_B], { dryRun: true }), null);
    expect(agent.desired.lost).not.toBeNull();
    expect(await host.dump()).toBe(before);
  });
});
