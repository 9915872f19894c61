import type { Destinations } from '@sallyport/core/destinations';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startHostEcho } from './support/echo-server.ts';
import { A, B, silent, type Subject, told, until, upWorld, type World } from './support/world.ts';

/*
 * Where containers may connect to. Every place answers: each test reaches it with the same command before
 * or after it is denied, and the capture says whether a packet went there.
 */

const METADATA = '169.254.169.254';
const ROUTER = '192.168.4.1';
const HOST = '192.168.4.53';
const INTERNET = '198.51.100.10';

let world: World;
let a: Subject;
let b: Subject;

beforeAll(async () => {
  world = await upWorld('destinations');
  await world.createGuideNetworks();
  a = await world.subject('on-a', A.name, { extra: ['--cap-add', 'NET_ADMIN'] });
  b = await world.subject('on-b', B.name, { load: true });
  await startHostEcho(world);
  await world.lab.wan.addServiceAddress(`${METADATA}/32`);
});

afterEach(async () => {
  world.agent.signal('SIGCONT');
  await allow({ preset: 'lan-allowed', allow: [], deny: [], hostServices: [] });
});

afterAll(() => world.down());

type Wish = Partial<{ readonly [K in keyof Destinations]: Destinations[K] | readonly string[] }>;

/** Changes where the first container may connect to. */
async function allow(wish: Wish, dns?: readonly string[]): Promise<void> {
  const destinations = wish as { preset?: Destinations['preset']; allow?: string[] };
  const body = { destinations, ...(dns !== undefined && { dns: [...dns] }) };
  await world.agent.call('updateNetwork', { params: { name: A.name }, body });
}

/** By TCP; and how many packets to the place the capture has seen meanwhile. */
async function reach(target: string, port = 7) {
  const since = Date.now();
  const args = ['--target', target, '--timeout', '0.5', '--port', String(port)];
  const { ok } = await a.container.traffic('tcp', args);
  return { ok, seen: (await world.packetsTo(target, since)) > 0 };
}

const REACHED = { ok: true, seen: true };
const STOPPED = { ok: false, seen: false };

async function dropped(counter: string): Promise<number> {
  const { drops } = await world.agent.call('host', {});
  return drops[counter]?.packets ?? 0;
}

test('internet-only reaches the internet and not the LAN, which lan-allowed reaches', async () => {
  expect(await reach(ROUTER)).toEqual(REACHED);
  await allow({ preset: 'internet-only' });
  const before = await dropped('drop_private');
  expect(await reach(ROUTER)).toEqual(STOPPED);
  expect(await reach('192.168.56.1')).toEqual(STOPPED);
  expect(await dropped('drop_private')).toBeGreaterThan(before);
  expect(await reach(INTERNET)).toEqual(REACHED);
  await allow({ allow: [ROUTER] });
  expect(await reach(ROUTER)).toEqual(REACHED);
  expect(await reach('192.168.56.1')).toEqual(STOPPED);
});

test('internet-only denies the neighbours of an uplink with public addresses, as soon as it has one', async () => {
  await world.lab.wan.exec('ip', ['address', 'add', '203.0.113.1/24', 'dev', 'wA']);
  await world.lab.wan.addServiceAddress('203.0.113.9/32');
  await allow({ preset: 'internet-only' });
  expect(await reach('203.0.113.9')).toEqual(REACHED);
  await world.lab.host.addAddress('enp0s3', '203.0.113.50/24');
  await until('it is stopped', async () => !(await reach('203.0.113.9')).ok);
  expect(await reach('203.0.113.9')).toEqual(STOPPED);
  await world.lab.host.removeAddress('enp0s3', '203.0.113.50/24');
  await until('it is reached again', async () => (await reach('203.0.113.9')).ok);
});

test('the most specific prefix decides, in both lists', async () => {
  const other = await world.newTarget();
  await allow({ deny: ['198.51.100.0/24'], allow: [INTERNET] });
  const before = await dropped('drop_denied');
  expect(await reach(INTERNET)).toEqual(REACHED);
  expect(await reach(other)).toEqual(STOPPED);
  expect(await dropped('drop_denied')).toBeGreaterThan(before);
  await allow({ deny: ['0.0.0.0/0', INTERNET], allow: ['198.51.100.0/24'] });
  expect(await reach(INTERNET)).toEqual(STOPPED);
  expect(await reach(other)).toEqual(REACHED);
  expect(await reach(ROUTER)).toEqual(STOPPED);
});

test('the metadata service is denied by every preset, and opened by its own address alone', async () => {
  const before = await dropped('drop_metadata');
  for (const preset of ['internet-only', 'lan-allowed', 'any'] as const) {
    await allow({ preset, allow: ['169.254.0.0/16'] });
    expect({ preset, ...(await reach(METADATA)) }).toEqual({ preset, ...STOPPED });
  }
  expect(await dropped('drop_metadata')).toBeGreaterThan(before);
  await allow({ preset: 'any', allow: [METADATA] });
  // The control: it is there, and the capture sees who asks for it.
  expect((await reach(METADATA)).seen).toBe(true);
});

test('services of the host are denied unless they are listed, by protocol and port', async () => {
  const before = await dropped('drop_host');
  expect((await reach(HOST)).ok).toBe(false);
  expect(await dropped('drop_host')).toBeGreaterThan(before);
  await allow({ hostServices: ['udp/7', 'tcp/8'] });
  expect((await reach(HOST)).ok).toBe(false);
  await allow({ hostServices: ['tcp/7'], preset: 'internet-only' });
  for (const address of [HOST, A.address, '10.208.0.1'])
    expect({ address, ok: (await reach(address)).ok }).toEqual({ address, ok: true });
  // Another network's list is not ours.
  const args = ['--target', HOST, '--timeout', '0.5'];
  expect((await b.container.traffic('tcp', args)).ok).toBe(false);
});

test('a service of the host that is taken away ends for who is connected to it', async () => {
  await allow({ hostServices: ['tcp/7'] });
  const script = [
    'import socket,time',
    `s=socket.create_connection(("${HOST}",7),2)`,
    's.settimeout(1)',
    'print("connected",flush=True)',
    'n=0',
    'while True:',
    '  s.sendall(b"x")',
    '  s.recv(64)',
    '  n+=1',
    '  print(n,flush=True)',
    '  time.sleep(0.05)',
  ].join('\n');
  const talk = a.container.exec('python3', ['-c', script]);
  await until('it talks', async () => (await flowsTo(HOST)) > 0);
  await allow({ hostServices: [] });
  const { code, stderr, stdout } = await talk;
  expect({ code, timedOut: /timed out|TimeoutError/.test(stderr) }).toEqual({
    code: 1,
    timedOut: true,
  });
  expect(stdout).toContain('connected');
});

test('name servers of the network answer from a denied prefix, and nothing else there does', async () => {
  const ask = async () =>
    (await a.container.traffic('dns', ['--server', ROUTER, '--timeout', '0.5'])).ok;
  await allow({ preset: 'internet-only' });
  expect(await ask()).toBe(false);
  await allow({ preset: 'internet-only' }, [ROUTER]);
  expect(await ask()).toBe(true);
  expect(await reach(ROUTER)).toEqual(STOPPED);
});

/** How many connections to an address the host's kernel knows. */
async function flowsTo(target: string): Promise<number> {
  const listing = await world.host('conntrack', '-L', '-d', target);
  return listing.split('\n').filter((line) => line !== '').length;
}

test('a connection to what is denied now ends with the answer to the change', async () => {
  const loaded = await world.subject('loaded', A.name, { load: true });
  await until('all kinds of it flow', async () => (await flowsTo(loaded.target)) > 3);
  await allow({ deny: [loaded.target] });
  const since = Date.now();
  await until(
    'the other network goes on',
    async () => (await world.packetsTo(b.target, since)) > 50,
  );
  // But for the host's own refusals of replies that were still under way (docs/adr/0009).
  expect(told(await world.containerLeaks(since, [silent(loaded)]))).toBe('');
  expect(await flowsTo(loaded.target)).toBe(0);
  expect(await flowsTo(b.target)).toBeGreaterThan(0);
  const again = Date.now();
  await allow({ deny: [] });
  await until('it flows again', async () => (await flowsTo(loaded.target)) > 3);
  expect(told(await world.containerLeaks(again, [silent(loaded)]))).toContain(loaded.target);
  // The control: denied without the agent, they are known for as long as they were used before.
  world.agent.signal('SIGSTOP');
  const table = ['inet', 'sallyport'];
  await world.host('nft', 'delete', 'element', ...table, 'policies', `{ "${A.name}" }`);
  const begun = Date.now() + 20;
  await until('nothing goes out', async () => (await world.packetsTo(b.target, begun)) > 50);
  expect(await flowsTo(loaded.target)).toBeGreaterThan(3);
  // And a bridge that has lost its policy reaches nothing at all.
  expect(await world.packetsTo(loaded.target, begun)).toBe(0);
});
