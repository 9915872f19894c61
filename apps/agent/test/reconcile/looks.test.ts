import { networkUpdateSchema } from '@sallyport/contract/network';
import { describe, expect, it, vi } from 'vitest';
import { startFakeAgent } from '../fake-agent.ts';
import { createGuideHost } from '../fakes/fake-host.ts';
import { A } from './changes.ts';

/** An agent with one network, and how often each part of the host is read from now on. */
async function settled() {
  const host = createGuideHost();
  const agent = await startFakeAgent(host);
  await agent.networks.create(A, 'root');
  const reads = {
    routing: vi.spyOn(host.ports.routing, 'observe'),
    table: vi.spyOn(host.ports.nft, 'listTable'),
    docker: vi.spyOn(host.ports.docker, 'networks'),
    dockerUser: vi.spyOn(host.ports.iptables, 'dockerUserRules'),
  };
  const counts = () =>
    Object.fromEntries(Object.entries(reads).map(([name, spy]) => [name, spy.mock.calls.length]));
  return { host, agent, counts };
}

describe('what a run reads of the host', () => {
  it('is everything where only a reason is given, as by the clock', async () => {
    const { agent, counts } = await settled();
    await agent.run();
    expect(counts()).toEqual({ routing: 1, table: 1, docker: 1, dockerUser: 1 });
  });

  it('is what a monitor has told of', async () => {
    const { agent, counts } = await settled();
    await agent.run({ reason: 'Docker: network x connect', watches: ['docker'] });
    expect(counts()).toEqual({ routing: 0, table: 0, docker: 1, dockerUser: 0 });
  });

  it('is what its own steps have touched, and Docker for a wish', async () => {
    const { agent, counts } = await settled();
    const wish = networkUpdateSchema.parse({ egress: { ipv4: ['192.168.4.53'] } });
    await agent.networks.update(A.name, wish, null);
    expect(counts()).toEqual({ routing: 0, table: 1, docker: 1, dockerUser: 0 });
  });

  it('is asked for again after an answer that was none', async () => {
    const { host, agent } = await settled();
    vi.spyOn(host.ports.nft, 'listTable').mockRejectedValueOnce(new Error('nft is away'));
    await expect(agent.run()).rejects.toThrow('nft is away');
    const report = await agent.run({ reason: 'nft monitor', watches: ['docker'] });
    expect(report.actual.table).not.toBeNull();
  });

  it('is everything after a step that failed', async () => {
    const { host, agent, counts } = await settled();
    vi.spyOn(host.ports.nft, 'changeElements').mockRejectedValueOnce(new Error('no memory'));
    const wish = networkUpdateSchema.parse({ egress: { ipv4: ['192.168.4.53'] } });
    await expect(agent.networks.update(A.name, wish, null)).rejects.toThrow('no memory');
    expect(counts()).toMatchObject({ routing: 1, dockerUser: 1 });
  });
});
