import type { LabContainer } from '@sallyport/lab/docker/container';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until, upWorld, type World } from './support/world.ts';

/* The same lists and presets for IPv6. Every place answers: each is reached before or after it is denied. */

const NAME = 'z_dual';
const INTERNET = '2001:db8:ffff::10';
const ROUTER = '2001:db8:56::1';
const METADATA = 'fd00:ec2::254';

let world: World;
let container: LabContainer;

beforeAll(async () => {
  world = await upWorld('destinations6', { ipv6: true });
  await world.agent.call('createNetwork', {
    body: {
      name: NAME,
      egress: { ipv4: ['192.168.56.103'], ipv6: ['2001:db8:56::103'] },
      gateway: '192.168.56.1',
      gateway6: ROUTER,
    },
  });
  container = await world.lab.runContainer({ name: 'on-dual', network: NAME });
  await world.lab.wan.addServiceAddress(`${METADATA}/128`);
  // The first packets wait until addresses were found to be unique (RFC 4862, 5.4).
  await until('IPv6 is usable', async () => (await reach(INTERNET)).ok);
});

afterAll(() => world.down());

async function allow(destinations: object): Promise<void> {
  await world.agent.call('updateNetwork', { params: { name: NAME }, body: { destinations } });
}

/** By TCP; and whether the capture has seen a packet on its way there. */
async function reach(target: string) {
  const since = Date.now();
  const { ok } = await container.traffic('tcp', ['--target', target, '--timeout', '1']);
  return { ok, seen: (await world.packetsTo(target, since)) > 0 };
}

const REACHED = { ok: true, seen: true };
const STOPPED = { ok: false, seen: false };

test('internet-only reaches the internet and not the neighbours, which lan-allowed reaches', async () => {
  expect(await reach(ROUTER)).toEqual(REACHED);
  await allow({ preset: 'internet-only' });
  expect(await reach(ROUTER)).toEqual(STOPPED);
  expect(await reach(INTERNET)).toEqual(REACHED);
});

test('the most specific prefix decides, and IPv4 is not meant by it', async () => {
  await allow({ preset: 'lan-allowed', deny: ['::/0'], allow: ['2001:db8:56::/64'] });
  expect(await reach(INTERNET)).toEqual(STOPPED);
  expect(await reach(ROUTER)).toEqual(REACHED);
  expect(await reach('198.51.100.10')).toEqual(REACHED);
  await allow({ allow: ['2001:db8:56::/64', INTERNET], deny: ['::/0', ROUTER] });
  expect(await reach(INTERNET)).toEqual(REACHED);
  expect(await reach(ROUTER)).toEqual(STOPPED);
});

test('the metadata service is opened by its own address alone', async () => {
  await allow({ preset: 'any', deny: [], allow: ['fd00::/8'] });
  expect(await reach(METADATA)).toEqual(STOPPED);
  await allow({ allow: [METADATA] });
  expect(await reach(METADATA)).toEqual(REACHED);
});

test('a connection to what is denied now is ended', async () => {
  await allow({ preset: 'any', allow: [], deny: [] });
  const held = container.exec('traffic', ['hold', '--target', INTERNET, '--timeout', '2']);
  await until('it is held', hasFlow);
  await allow({ deny: [INTERNET] });
  expect(await hasFlow()).toBe(false);
  await held;
});

/** Whether the host's kernel knows a connection to the internet by IPv6. */
async function hasFlow(): Promise<boolean> {
  return (await world.host('conntrack', '-L', '-f', 'ipv6', '-d', INTERNET)).includes(INTERNET);
}
