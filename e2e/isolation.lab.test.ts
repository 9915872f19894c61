import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { runEchoContainer, startHostEcho } from './support/echo-server.ts';
import { withoutDockerIsolation, withoutProtection } from './support/protection.ts';
import { A, B, flowOf, type Subject, told, until, upWorld, type World } from './support/world.ts';

/*
 * What a container must not get at. Each of these places really answers: the last test, without our
 * table and rules, reaches every one of them with the same command.
 */

let world: World;
let a: Subject;
/** Places by what they are. */
let places: Readonly<Record<string, string>>;
const METADATA = '169.254.169.254';
/** An address of the other managed network. */
const NEIGHBOUR = '10.208.1.2';
const GLOBAL6 = '2001:db8:aa::2';

beforeAll(async () => {
  world = await upWorld('isolation', { ipv6: true });
  await world.createGuideNetworks();
  // Without accept_dad its address would not be usable for a second (RFC 4862, 5.4).
  const sysctls = ['all.disable_ipv6=0', 'default.disable_ipv6=0', 'default.accept_dad=0'];
  const extra = sysctls.flatMap((each) => ['--sysctl', `net.ipv6.conf.${each}`]);
  a = await world.subject('on-a', A.name, { extra: ['--cap-add', 'NET_ADMIN', ...extra] });
  await startHostEcho(world);
  await world.lab.wan.addServiceAddress(`${METADATA}/32`);
  places = {
    'the host by its main address': '192.168.4.53',
    'the host by its own egress address': A.address,
    'the host by its own bridge': '10.208.0.1',
    'the host by the bridge of another network': '10.208.1.1',
    'the host by Docker’s default bridge': '172.17.0.1',
    'a container of the default bridge': (await runEchoContainer(world, 'plain', 'bridge')).address,
    'a container of another managed network': (await runEchoContainer(world, 'on-b', B.name))
      .address,
    'a container of the same network': (await runEchoContainer(world, 'beside', A.name)).address,
    'the metadata service': METADATA,
  };
  await prepareIpv6();
});

afterEach(() => {
  world.agent.signal('SIGCONT');
});

afterAll(() => world.down());

async function reached(target: string): Promise<boolean> {
  return (await a.container.traffic('tcp', ['--target', target, '--timeout', '0.5'])).ok;
}

/** A global address in the container, and a host that forwards: as after a router advertisement. */
async function prepareIpv6(): Promise<void> {
  await world.host('sysctl', '-q', '-w', 'net.ipv6.conf.all.forwarding=1');
  await world.host('sysctl', '-q', '-w', `net.ipv6.conf.${A.name}.disable_ipv6=0`);
  await world.host('ip', '-6', 'address', 'add', 'fe80::1/64', 'dev', A.name, 'nodad');
  for (const args of [
    ['address', 'add', `${GLOBAL6}/64`, 'dev', 'eth0'],
    ['route', 'replace', 'default', 'via', 'fe80::1', 'dev', 'eth0'],
  ]) {
    const { code, stderr } = await a.container.exec('ip', ['-6', ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }
}

async function sourcesOfIpv6(): Promise<readonly string[]> {
  const since = Date.now();
  await a.container.traffic('ipv6', ['--timeout', '0.5']);
  const packets = await world.lab.capture.packets({
    since,
    where: ({ source }) => source === GLOBAL6,
  });
  return packets.map(({ source }) => source);
}

test('none of the places that a container must not reach answers it, and it still reaches the world', async () => {
  const since = Date.now();
  for (const [name, target] of Object.entries(places)) {
    expect({ name, reached: await reached(target) }).toEqual({ name, reached: false });
  }
  expect(await world.lab.wan.arrivals({ since })).toEqual([]);
  expect(await reached(a.target)).toBe(true);
  expect(told(await world.leaks(since, [flowOf(a, A)]))).toBe('');
  const { drops } = await world.agent.call('host', {});
  for (const counter of ['drop_host', 'drop_inside', 'drop_metadata'])
    expect({ counter, dropped: (drops[counter]?.packets ?? 0) > 0 }).toEqual({
      counter,
      dropped: true,
    });
});

test('a container with a global IPv6 address and a default route gets nothing out by IPv6', async () => {
  expect(await sourcesOfIpv6()).toEqual([]);
  const { drops } = await world.agent.call('host', {});
  expect(drops['drop_ipv6']?.packets).toBeGreaterThan(0);
});

test('forged sources, invalid packets and multicast do not get out', async () => {
  const since = Date.now();
  for (const source of [NEIGHBOUR, A.address, B.address, '192.168.4.53', '203.0.113.9'])
    await a.container.traffic('spoof', ['--source', source, '--target', a.target]);
  await a.container.traffic('rst', ['--target', a.target, '--count', '5', '--timeout', '1']);
  await a.container.traffic('multicast', ['--timeout', '1']);
  expect(told(await world.leaks(since, [flowOf(a, A)]))).toBe('');
  const { drops } = await world.agent.call('host', {});
  expect(drops['drop_spoofed']?.packets).toBeGreaterThanOrEqual(5);
});

test('protocols without ports are translated or dropped', async () => {
  const since = Date.now();
  for (const protocol of ['47', '50', '253']) {
    const args = ['--protocol', protocol, '--target', a.target, '--timeout', '1'];
    await a.container.traffic('raw', args);
  }
  expect(told(await world.leaks(since, [flowOf(a, A)]))).toBe('');
});

test('negative control: without our table and rules the same commands get through to all of them', async () => {
  await withoutProtection(world);
  await withoutDockerIsolation(world);
  const since = Date.now();
  for (const [name, target] of Object.entries(places)) {
    // Nobody answers a private source from beyond the host: there the capture is asked.
    if (target === METADATA) await reached(target);
    else expect({ name, reached: await reached(target) }).toEqual({ name, reached: true });
  }
  expect(await world.packetsTo(METADATA, since)).toBeGreaterThan(0);
  await until('IPv6 leaves', async () => (await sourcesOfIpv6()).length > 0);

  // Not those of the host: the kernel itself refuses its own addresses from outside (accept_local).
  for (const source of [NEIGHBOUR, '203.0.113.9'])
    await a.container.traffic('spoof', ['--source', source, '--target', a.target]);
  await a.container.traffic('raw', ['--protocol', '253', '--target', a.target, '--timeout', '1']);
  const seen = told(await world.leaks(since, [flowOf(a, A)]));
  for (const source of [NEIGHBOUR, '203.0.113.9', '10.208.0.2'])
    expect(seen).toContain(` ${source} -> ${a.target}`);
});
