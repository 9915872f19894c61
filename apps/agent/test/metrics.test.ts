import { describe, expect, it } from 'vitest';
import { createMetrics } from '../src/metrics/metrics.ts';
import { createGuideHost } from './fakes/fake-host.ts';
import { startFakeAgent } from './fake-agent.ts';
import { A, B } from './reconcile/changes.ts';

const PORTS = [
  {
    address: '192.168.4.153',
    protocol: 'tcp',
    destination: '198.51.100.10:80',
    used: 7,
    of: 64_512,
  },
];

/** Metrics over an agent with the guide's networks. */
async function metered() {
  const host = createGuideHost();
  const agent = await startFakeAgent(host);
  await agent.networks.create(A, null);
  await agent.networks.create(B, null);
  const sysctls: Record<string, string> = {
    'netfilter/nf_conntrack_count': '12',
    'netfilter/nf_conntrack_max': '262144',
  };
  const metrics = createMetrics({
    version: '1.2.3',
    drops: () => host.ports.nft.counters(),
    sysctl: { read: async (path) => sysctls[path] ?? null },
    counters: async () => ({ since: 0, networks: [], ports: PORTS, drops: {} }),
  });
  const lines = async () =>
    (await metrics.text()).split('\n').filter((line) => !line.startsWith('#'));
  return { host, agent, metrics, lines };
}

describe('metrics', () => {
  it('tell networks by state, and that none is in the others', async () => {
    const { host, agent, metrics, lines } = await metered();
    host.kernel.removeAddress('enp0s8', '192.168.56.103');
    metrics.publish(await agent.run());
    expect((await lines()).filter((line) => line.startsWith('sallyport_networks'))).toEqual([
      'sallyport_networks{state="Pending"} 0',
      'sallyport_networks{state="Ready"} 1',
      'sallyport_networks{state="Blocked"} 1',
      'sallyport_networks{state="Error"} 0',
    ]);
  });

  it('tell repairs apart from looks', async () => {
    const { host, agent, metrics, lines } = await metered();
    metrics.publish(await agent.run());
    await host.ports.nft.deleteTable();
    metrics.publish(await agent.run());
    expect(await lines()).toContain('sallyport_reconcile_seconds_count 2');
    expect(await lines()).toContain('sallyport_repair_seconds_count 1');
  });

  it('tell drops, connection tracking, ports and the last verification', async () => {
    const { metrics, lines } = await metered();
    const asked = { network: A.name, protocol: 'tcp', echo: 'http://198.51.100.10/' } as const;
    const answer = { ...asked, expected: 'a', observed: 'b', reason: '', durationMs: 1 };
    metrics.verified([{ ...answer, ok: true }]);
    metrics.verified([{ ...answer, ok: false }]);
    const told = await lines();
    expect(told).toContain('sallyport_dropped_packets_total{reason="wrong_egress"} 0');
    expect(told).toContain('sallyport_conntrack_entries 12');
    expect(told).toContain('sallyport_conntrack_limit 262144');
    expect(told).toContain('sallyport_egress_ports_used{address="192.168.4.153",protocol="tcp"} 7');
    expect(told).toContain(
      'sallyport_egress_ports_limit{address="192.168.4.153",protocol="tcp"} 64512',
    );
    expect(told).toContain(
      'sallyport_verification_ok{network="z_custom_a",protocol="tcp",echo="http://198.51.100.10/"} 0',
    );
    expect(told).toContain('sallyport_agent_info{version="1.2.3"} 1');
  });
});
