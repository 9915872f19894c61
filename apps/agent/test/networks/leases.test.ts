import { parseIpv4 } from '@sallyport/core/ipv4';
import { networkCreateSchema, networkUpdateSchema } from '@sallyport/contract/network';
import { beforeEach, expect, it } from 'vitest';
import { leaseViews } from '../../src/networks/lease-views.ts';
import type { Placed } from '../../src/plan/leases.ts';
import { NO_STRAYS } from '../../src/plan/table-strays.ts';
import { startFakeAgent } from '../fake-agent.ts';
import { createGuideHost, type FakeHost } from '../fakes/fake-host.ts';

/* An address for one container, from the wish to the table and over a restart. */

const WISH = networkCreateSchema.parse({
  name: 'z_own',
  egress: { ipv4: ['192.168.4.53', '192.168.4.153'] },
  assign: 'per-container',
});

let host: FakeHost;
let running: Placed[] | null;
beforeEach(() => {
  host = createGuideHost();
  running = [];
});

const start = () =>
  startFakeAgent(
    host,
    () => NO_STRAYS,
    () => running,
  );
const translated = () => host.nft.elements['snat4_each'] ?? [];
/** The agent's own probe. */
const PROBE = '10.208.0.254 : 192.168.4.53';

async function network() {
  const agent = await start();
  const made = await agent.networks.create(WISH, null);
  const run = (name: string, last: number): Placed => ({
    network: made.id,
    container: { id: `id-${name}`, name },
    inside: parseIpv4(`10.208.0.${last}`),
  });
  return { agent, run, show: () => agent.networks.show(WISH.name) };
}

it('who comes has an address of its own, and who comes too late none', async () => {
  const { agent, run, show } = await network();
  expect(translated()).toEqual([PROBE]);
  running = [run('a', 2), run('b', 3), run('c', 4)];
  await agent.run();
  expect(translated()).toEqual(['10.208.0.2 : 192.168.4.53', PROBE, '10.208.0.3 : 192.168.4.153']);
  expect(show()).toMatchObject({
    state: 'Ready',
    reason: expect.stringContaining('nothing of c leaves') as string,
  });
  running = running.slice(1);
  await agent.run();
  expect(translated()).toEqual([PROBE, '10.208.0.3 : 192.168.4.153', '10.208.0.4 : 192.168.4.53']);
  const who = leaseViews(agent.desired.current, 'z_own', 0).map(({ address, container }) => [
    address,
    container.name,
  ]);
  expect(who).toEqual([
    ['192.168.4.53', 'c'],
    ['192.168.4.153', 'b'],
  ]);
});

it('an agent that starts keeps what the kernel has until it has looked', async () => {
  const { agent, run } = await network();
  running = [run('a', 2)];
  await agent.run();
  running = null;
  const next = await start();
  await next.run();
  expect(translated()).toEqual(['10.208.0.2 : 192.168.4.53', PROBE]);
});

it('after a boot a stored lease is not believed before the containers have been looked at', async () => {
  const { agent, run } = await network();
  running = [run('a', 2), run('b', 3)];
  await agent.run();
  expect((await host.store.loadBootGuard())?.nft).not.toContain('10.208.0.2 :');
  expect((await host.store.loadBootGuard())?.nft).toContain(PROBE);
  // Docker gives addresses anew: b is where a was.
  host.nft.loseElement('snat4_each', '10.208.0.2 : 192.168.4.53');
  host.nft.loseElement('snat4_each', '10.208.0.3 : 192.168.4.153');
  running = null;
  const next = await start();
  await next.run();
  expect(translated()).toEqual([PROBE]);
  running = [run('b', 2)];
  await next.run();
  expect(translated()).toEqual(['10.208.0.2 : 192.168.4.153', PROBE]);
});

it('is changed to and from sharing, and refuses an IPv6 egress that all would share', async () => {
  const { agent, run, show } = await network();
  running = [run('a', 2)];
  await agent.run();
  const update = (wish: object) =>
    agent.networks.update(WISH.name, networkUpdateSchema.parse(wish), null);
  await update({ assign: 'shared' });
  expect(show().assign).toBe('shared');
  expect(translated().length).toBeGreaterThan(200);
  await update({ assign: 'per-container' });
  expect(translated()).toEqual(['10.208.0.2 : 192.168.4.53', PROBE]);
  const dual = networkCreateSchema.parse({
    ...WISH,
    name: 'dual',
    egress: { ipv4: ['192.168.4.53'], ipv6: ['2001:db8:4::53'] },
  });
  await expect(agent.networks.create(dual, null)).rejects.toMatchObject({ code: 'lease_ipv6' });
});
