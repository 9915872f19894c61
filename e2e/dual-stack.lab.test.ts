import type { LabContainer } from '@sallyport/lab/docker/container';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { told, until, upWorld, type World } from './support/world.ts';

/* Networks of two families: IPv6 leaves by its own address and uplink, or not at all. */

const DUAL = { name: 'z_dual', ipv6: '2001:db8:56::103', uplink: 'enp0s8' } as const;
const CLOSED = { name: 'z_closed', subnet6: 'fd73:616c:6c79:ff::/64' } as const;
const TARGET = '2001:db8:ffff::10';

let world: World;
let dual: LabContainer;
let closed: LabContainer;

beforeAll(async () => {
  world = await upWorld('dual-stack', { ipv6: true });
  // IPv4 by one uplink, IPv6 by the other, whose gateway no route of the host names.
  await world.agent.call('createNetwork', {
    body: {
      name: DUAL.name,
      egress: { ipv4: ['192.168.4.153'], ipv6: [DUAL.ipv6] },
      gateway6: '2001:db8:56::1',
    },
  });
  await world.agent.call('createNetwork', {
    body: { name: CLOSED.name, egress: { ipv4: ['192.168.4.53'] }, subnet6: CLOSED.subnet6 },
  });
  dual = await world.lab.runContainer({ name: 'on-dual', network: DUAL.name });
  closed = await world.lab.runContainer({ name: 'on-closed', network: CLOSED.name });
});

afterAll(() => world.down());

async function speaks(
  container: LabContainer,
  protocol: 'tcp' | 'udp' | 'http' | 'icmp',
): Promise<boolean> {
  return (await container.traffic(protocol, ['--target', TARGET, '--timeout', '4'])).ok;
}

/** Whether nobody answers; longer than a round trip takes by far. */
async function isSilent(container: LabContainer, protocol: 'tcp' | 'udp' | 'icmp') {
  return !(await container.traffic(protocol, ['--target', TARGET, '--timeout', '0.7'])).ok;
}

/** Sources and uplinks of everything that was seen on its way to the target. */
async function seen(since: number): Promise<readonly string[]> {
  const packets = await world.lab.capture.packets({ since, destination: TARGET });
  return [...new Set(packets.map(({ source, uplink }) => `${source} ${uplink}`))].toSorted();
}

async function stateOf(name: string) {
  return world.agent.call('showNetwork', { params: { name } });
}

describe('a network of both families', () => {
  test('leaves by an address and an uplink for each', async () => {
    const since = Date.now();
    for (const protocol of ['tcp', 'udp', 'http', 'icmp'] as const)
      expect(await speaks(dual, protocol), protocol).toBe(true);
    expect(await seen(since)).toEqual([`${DUAL.ipv6} ${DUAL.uplink}`]);
    expect((await dual.traffic('tcp', ['--target', '198.51.100.10'])).ok).toBe(true);
    expect(told(await world.leaks(since))).toBe('');
  });

  test('is verified in both', async () => {
    const verified = await world.agent.call('verify', {
      body: {
        networks: [DUAL.name],
        echo: ['http://198.51.100.10/', `http://[${TARGET}]/`, `stun://[${TARGET}]`],
      },
    });
    expect(verified.map(({ ok, observed }) => [ok, observed])).toEqual([
      [true, '192.168.4.153'],
      [true, DUAL.ipv6],
      [true, DUAL.ipv6],
    ]);
  });

  test('stops in the family whose address goes, and comes back with it', async () => {
    await world.lab.host.removeAddress(DUAL.uplink, `${DUAL.ipv6}/64`);
    const since = Date.now();
    expect(await isSilent(dual, 'udp')).toBe(true);
    expect((await dual.traffic('tcp', ['--target', '198.51.100.10'])).ok).toBe(true);
    expect(await seen(since)).toEqual([]);
    const { state, reason } = await stateOf(DUAL.name);
    expect(state).toBe('Ready');
    expect(reason).toContain(`nothing of IPv6, because no interface of this host has`);
    await world.lab.host.addAddress(DUAL.uplink, `${DUAL.ipv6}/64`);
    await until('IPv6 leaves again', () => speaks(dual, 'udp'));
    expect(await seen(since)).toEqual([`${DUAL.ipv6} ${DUAL.uplink}`]);
    expect(told(await world.leaks(since))).toBe('');
  });

  test('does not leave while the table is flushed, and the agent mends it', async () => {
    const since = Date.now();
    const sending = dual.traffic('udp', ['--target', TARGET, '--timeout', '4']);
    await world.host('nft', 'flush', 'ruleset');
    await sending;
    await until('IPv6 leaves again', () => speaks(dual, 'tcp'));
    expect(await seen(since)).toEqual([`${DUAL.ipv6} ${DUAL.uplink}`]);
  });

  test('changes its address, and loses it when IPv6 is taken away', async () => {
    const params = { name: DUAL.name };
    await world.agent.call('updateNetwork', {
      params,
      body: { egress: { ipv6: ['2001:db8:4::53'] }, gateway6: null },
    });
    let since = Date.now();
    expect(await speaks(dual, 'tcp')).toBe(true);
    expect(await seen(since)).toEqual(['2001:db8:4::53 enp0s3']);
    await world.agent.call('updateNetwork', { params, body: { egress: { ipv6: [] } } });
    since = Date.now();
    expect(await isSilent(dual, 'udp')).toBe(true);
    expect(await seen(since)).toEqual([]);
    expect((await stateOf(DUAL.name)).reason).not.toContain('IPv6');
  });
});

describe('a network with a subnet of IPv6 and no IPv6 egress', () => {
  test('keeps it in', async () => {
    const since = Date.now();
    for (const protocol of ['tcp', 'udp', 'icmp'] as const)
      expect(await isSilent(closed, protocol), protocol).toBe(true);
    expect(await seen(since)).toEqual([]);
    expect((await closed.traffic('tcp', ['--target', '198.51.100.10'])).ok).toBe(true);
  });

  test('negative control: without table and rules its own addresses are seen outside', async () => {
    world.agent.signal('SIGSTOP');
    await world.host('nft', 'delete', 'table', 'inet', 'sallyport');
    const since = Date.now();
    // The rules alone keep it in as well.
    expect(await isSilent(closed, 'udp')).toBe(true);
    expect(await seen(since)).toEqual([]);
    for (const [, priority = ''] of (await world.host('ip', '-6', 'rule')).matchAll(
      /^(4\d\d\d):/gm,
    ))
      await world.host('ip', '-6', 'rule', 'del', 'priority', priority);
    await isSilent(closed, 'udp');
    expect((await seen(since)).join()).toContain('fd73:616c:6c79:ff:');
    expect(told(await world.leaks(since))).toContain('private-source');
    world.agent.signal('SIGCONT');
    await until('it is closed again', async () => {
      const again = Date.now();
      await isSilent(closed, 'udp');
      return (await seen(again)).length === 0;
    });
  });
});
