import { afterAll, beforeAll, expect, test } from 'vitest';
import { flowOf, type Subject, told, until, upWorld, type World } from './support/world.ts';

/* An address for one container: three addresses on two uplinks, and a fourth container that has none. */

const NAME = 'z_own';
const POOL = [
  { address: '192.168.4.53', uplink: 'enp0s3' },
  { address: '192.168.4.153', uplink: 'enp0s3' },
  { address: '192.168.56.103', uplink: 'enp0s8' },
] as const;

interface Member extends Subject {
  readonly name: string;
}

let world: World;
const members: Member[] = [];

const join = async (name: string): Promise<Member> => ({
  ...(await world.subject(name, NAME)),
  name,
});
const ask = ({ container, target }: Member, kind = 'udp') =>
  container.traffic(kind, ['--target', target, '--timeout', '1']);
const answers = (member: Member) =>
  until(`${member.name} leaves`, async () => (await ask(member)).ok);
const leases = () => world.agent.call('leases', { query: { network: NAME } });
const show = () => world.agent.call('showNetwork', { params: { name: NAME } });

/** By which address and uplink each container is to leave now. */
async function flows() {
  const all = await leases();
  return members.flatMap((member) => {
    const lease = all.find(
      ({ container, gone }) => container.name === member.name && gone === null,
    );
    const place = POOL.find(({ address }) => address === lease?.address);
    return place === undefined ? [] : [flowOf(member, place)];
  });
}

beforeAll(async () => {
  world = await upWorld('leases');
  await world.agent.call('createNetwork', {
    body: {
      name: NAME,
      egress: { ipv4: POOL.map(({ address }) => address) },
      assign: 'per-container',
      gateway: '192.168.56.1',
    },
  });
});

afterAll(() => world.down());

test('three containers have an address each, and none sends a packet by another one', async () => {
  const since = Date.now();
  for (const name of ['own-1', 'own-2', 'own-3']) {
    const member = await join(name);
    members.push(member);
    await answers(member);
  }
  const held = await leases();
  expect(new Set(held.map(({ address }) => address))).toEqual(
    new Set(POOL.map(({ address }) => address)),
  );
  for (const member of members)
    for (const kind of ['tcp', 'http', 'icmp', 'dns'])
      expect((await ask(member, kind)).ok, kind).toBe(true);
  for (const { target } of members) expect(await world.packetsTo(target, since)).toBeGreaterThan(0);
  expect(told(await world.leaks(since, await flows()))).toBe('');
});

test('a fourth one has none: nothing of it leaves, and the network says what to do', async () => {
  const since = Date.now();
  const fourth = await join('own-4');
  members.push(fourth);
  await until('the network says so', async () => (await show()).reason.includes('own-4'));
  for (const kind of ['tcp', 'udp', 'icmp']) expect((await ask(fourth, kind)).ok).toBe(false);
  expect(await world.packetsTo(fourth.target, since)).toBe(0);
  expect(await show()).toMatchObject({
    state: 'Ready',
    remedy: expect.stringContaining('network leases z_own') as string,
  });
  expect(told(await world.leaks(since, await flows()))).toBe('');
});

test('the address of one that ends passes on, with none of its connections', async () => {
  const since = Date.now();
  const [first] = members.splice(0, 1);
  const address = (await leases()).find(({ container }) => container.name === 'own-1')?.address;
  await first?.container.remove();
  const fourth = members.at(-1) as Member;
  await answers(fourth);
  expect((await leases()).find(({ container }) => container.name === 'own-4')?.address).toBe(
    address,
  );
  expect(told(await world.leaks(since, await flows()))).toBe('');
});

test('who is started again keeps its address, also over a restart of the agent', async () => {
  const before = (await leases()).find(({ container }) => container.name === 'own-2')?.address;
  await world.lab.docker(['restart', '--time', '0', 'own-2']);
  const [second] = members.filter(({ name }) => name === 'own-2');
  await answers(second as Member);
  await world.agent.stop();
  const since = Date.now();
  for (const member of members) expect((await ask(member)).ok, member.name).toBe(true);
  await world.agent.start();
  for (const member of members) await answers(member);
  expect((await leases()).find(({ container }) => container.name === 'own-2')?.address).toBe(
    before,
  );
  expect(told(await world.leaks(since, await flows()))).toBe('');
});

test('the guard knows whose it is; negative control: without it one leaves by the address of another', async () => {
  const held = new Map((await leases()).map((lease) => [lease.container.name, lease]));
  const expected = await flows();
  const member = members.find(({ name }) => name === 'own-2') as Member;
  const { inside } = held.get('own-2') ?? {};
  const { address } = held.get('own-3') ?? {};
  world.agent.signal('SIGSTOP');
  const since = Date.now();
  const table = ['inet', 'sallyport'];
  await world.host('nft', 'delete', 'element', ...table, 'snat4_each', `{ ${inside} }`);
  await world.host('nft', 'add', 'element', ...table, 'snat4_each', `{ ${inside} : ${address} }`);
  expect((await ask(member)).ok).toBe(false);
  expect(await world.packetsTo(member.target, since)).toBe(0);
  await world.host('nft', 'flush', 'chain', ...table, 'guard');
  await ask(member);
  expect(told(await world.leaks(since, expected))).not.toBe('');
  await world.agent.wake();
  await answers(member);
});
