import assert from 'node:assert/strict';
import type { LabContainer } from '@sallyport/lab/docker/container';
import { withoutDockerIsolation, withoutProtection } from '../../support/protection.ts';
import { A, told, until } from '../../support/world.ts';
import type { PlaceStage } from '../place-stage.ts';
import type { Finding, Scenario } from '../scenario.ts';

/* A container that has IPv6 although its network has no IPv6 egress: nothing of it leaves. */

const PREFIX = '2001:db8:aa::';

/** The host forwards IPv6 and has an address on the bridge, as where Docker's IPv6 is on. */
async function forwardIpv6({ world }: PlaceStage): Promise<void> {
  await world.host('sysctl', '-q', '-w', 'net.ipv6.conf.all.forwarding=1');
  await world.host('sysctl', '-q', '-w', `net.ipv6.conf.${A.name}.disable_ipv6=0`);
  await world.lab.host.tryExec('ip', [
    '-6',
    'address',
    'add',
    'fe80::1/64',
    'dev',
    A.name,
    'nodad',
  ]);
}

async function setByHand(stage: PlaceStage): Promise<void> {
  await forwardIpv6(stage);
  for (const args of [
    ['address', 'replace', `${PREFIX}2/64`, 'dev', 'eth0'],
    ['route', 'replace', 'default', 'via', 'fe80::1', 'dev', 'eth0'],
  ]) {
    const { code, stderr } = await stage.a.container.exec('ip', ['-6', ...args]);
    assert.equal(code, 0, stderr);
  }
}

/** Addresses that the container's kernel has made by itself of an advertised prefix (RFC 4862, 5.5). */
async function setByAdvertisement(stage: PlaceStage): Promise<void> {
  await forwardIpv6(stage);
  await stage.a.container.exec('ip', ['-6', 'address', 'flush', 'dev', 'eth0', 'scope', 'global']);
  await stage.a.container.exec('ip', ['-6', 'route', 'flush', 'default']);
  const router = await stage.world.lab.runContainer({
    name: `router-${Date.now()}`,
    network: 'host',
  });
  const args = ['--interface', A.name, '--prefix', PREFIX];
  await until('the container has an address', async () => {
    assert.equal((await router.traffic('ra', args)).ok, true);
    return (await stage.a.container.exec('ip', ['-6', 'addr'])).stdout.includes('2001:db8:aa:');
  });
  await router.remove();
}

async function send(stage: PlaceStage): Promise<readonly string[]> {
  const since = Date.now();
  await stage.a.container.traffic('ipv6', ['--timeout', '0.5']);
  const packets = await stage.world.lab.capture.packets({
    since,
    where: ({ family, source }) => family === 6 && source.startsWith('2001:db8:aa:'),
  });
  return packets.map(({ source, uplink }) => `${source} on ${uplink}`);
}

function without(
  title: string,
  prepare: (stage: PlaceStage) => Promise<void>,
): Scenario<PlaceStage> {
  return {
    id: 'L26',
    title,
    run: async (stage): Promise<Finding> => {
      await prepare(stage);
      const since = Date.now();
      const drops = async () =>
        (await stage.world.agent.call('host', {})).drops['drop_ipv6']?.packets ?? 0;
      const before = await drops();
      assert.deepEqual(await send(stage), []);
      assert.ok((await drops()) > before, 'drops are counted');
      const leaks = await stage.world.leaks(since);
      // TCP, UDP and ICMP, to a machine that would answer.
      return { since, leaks, figures: { sent: 3, delivered: 0 } };
    },
    control: {
      without: 'our table and Docker’s isolation',
      run: async (stage) => {
        await withoutProtection(stage.world);
        await withoutDockerIsolation(stage.world);
        await prepare(stage);
        await until('IPv6 leaves', async () => (await send(stage)).length > 0);
        return 'IPv6 left with the container’s own address';
      },
    },
  };
}

const DUAL = {
  name: 'z_dual',
  address: '2001:db8:56::103',
  gateway: '2001:db8:56::1',
  uplink: 'enp0s8',
} as const;
const BEYOND = '2001:db8:ffff::10';
const dualFlow = {
  name: 'dual',
  destination: BEYOND,
  sources: [DUAL.address],
  uplink: DUAL.uplink,
} as const;

/** A network of both families, whose IPv6 leaves by another uplink than its IPv4, and its container. */
async function dualContainer({ world }: PlaceStage): Promise<LabContainer> {
  const egress = { ipv4: [A.address], ipv6: [DUAL.address] };
  const body = { name: DUAL.name, egress, gateway6: DUAL.gateway };
  await world.agent.call('createNetwork', { body });
  return world.lab.runContainer({ name: 'on-dual', network: DUAL.name });
}

const withEgress: Scenario<PlaceStage> = {
  id: 'L26',
  title: 'with an IPv6 egress: only by it',
  run: async (stage) => {
    const container = await dualContainer(stage);
    const since = Date.now();
    const { ok } = await container.traffic('ipv6', ['--target', BEYOND]);
    assert.equal(ok, true);
    const delivered = await stage.world.packetsTo(BEYOND, since);
    const leaks = await stage.world.leaks(since, [dualFlow]);
    return { since, leaks, figures: { sent: delivered, delivered } };
  },
  control: {
    without: 'our table and rules',
    run: async (stage) => {
      const { world } = stage;
      await withoutProtection(world);
      await withoutDockerIsolation(world);
      const since = Date.now();
      await world.lab.container('on-dual').traffic('ipv6', ['--target', BEYOND, '--timeout', '1']);
      return told(await world.leaks(since, [dualFlow]));
    },
  },
};

export const ipv6: readonly Scenario<PlaceStage>[] = [
  withEgress,
  without('a global IPv6 address and a default route, set by hand', setByHand),
  without('a router advertisement on the bridge', setByAdvertisement),
];
