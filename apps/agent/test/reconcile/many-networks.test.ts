import { applyRequestSchema } from '@sallyport/contract/document';
import { describe, expect, it } from 'vitest';
import { startFakeAgent } from '../fake-agent.ts';
import { createGuideHost } from '../fakes/fake-host.ts';

function documentOf(count: number) {
  const networks = Array.from({ length: count }, (_, index) => ({
    name: `net${index}`,
    egress: { ipv4: index % 2 === 0 ? '192.168.4.153' : '192.168.4.53' },
  }));
  return applyRequestSchema.parse({ document: { networks }, prune: true });
}

async function hostWith(count: number) {
  const host = createGuideHost();
  const agent = await startFakeAgent(host);
  await agent.networks.apply(documentOf(count), null);
  const structure = (await host.nft.listTable())?.structure ?? '';
  const rules = (await host.ports.routing.observe()).rules;
  const ways = (await host.ports.routing.observe()).routes.filter(({ table }) => table !== 254);
  return { host, agent, structure, rules, ways };
}

describe('many networks', () => {
  it('need no more rules and routes, in nftables or in routing, than one does', async () => {
    const one = await hostWith(1);
    const many = await hostWith(1_000);
    expect(many.structure).toBe(one.structure);
    expect(many.rules).toEqual(one.rules);
    expect(many.ways).toEqual(one.ways);
    expect(many.host.nft.elements['snat4']).toHaveLength(1_000);
    expect(many.host.docker.known).toHaveLength(1_001);
  });

  it('are all ready, and leave nothing to do', async () => {
    const { agent } = await hostWith(1_000);
    const states = agent.networks.list().map(({ state }) => state);
    expect(states).toEqual(Array.from({ length: 1_000 }, () => 'Ready'));
    expect((await agent.run()).done).toEqual([]);
  });

  it('change one element at a time where one of them is deleted', async () => {
    const { host, agent } = await hostWith(1_000);
    const begin = host.mutations.count;
    await agent.networks.apply(documentOf(999), null);
    expect(host.mutations.log.slice(begin)).not.toContain('nft.replaceTable');
    expect(host.nft.elements['managed4']).toHaveLength(999);
    expect(host.docker.known).toHaveLength(1_000);
  });
});
