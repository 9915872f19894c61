import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flowOf, type Subject, told, until, upWorld, type World } from './support/world.ts';

/* A network with several addresses, on two uplinks: each container keeps one of them for all that it does. */

const NAME = 'z_pool';
const POOL = [
  { address: '192.168.4.53', uplink: 'enp0s3' },
  { address: '192.168.4.153', uplink: 'enp0s3' },
  { address: '192.168.56.103', uplink: 'enp0s8' },
] as const;
const [FIRST, TAKEN] = POOL;
const TAKEN_CIDR = `${TAKEN.address}/24`;
const KINDS = ['tcp', 'udp', 'http', 'icmp', 'stun', 'dns'] as const;

interface Member extends Subject {
  readonly own: string;
  readonly place: (typeof POOL)[number];
}

let world: World;
const members: Member[] = [];

/** Of an address of the subnet, by the rule of docs/cli.md. */
function placeOf(own: string): Member['place'] {
  return POOL[Number(own.split('.').at(-1)) % POOL.length] ?? FIRST;
}

async function join(name: string): Promise<Member> {
  const subject = await world.subject(name, NAME);
  const format = `{{(index .NetworkSettings.Networks "${NAME}").IPAddress}}`;
  const { stdout } = await world.lab.docker(['inspect', '--format', format, name]);
  const own = stdout.trim();
  return { ...subject, own, place: placeOf(own) };
}

const ask = ({ container, target }: Member, kind: string = 'udp') =>
  container.traffic(kind, ['--target', target, '--timeout', '1']);
const flows = () => members.map((member) => flowOf(member, member.place));
const show = () => world.agent.call('showNetwork', { params: { name: NAME } });

beforeAll(async () => {
  world = await upWorld('pools');
  await world.agent.call('createNetwork', {
    // Of the second uplink, which has no default route; that of the first is found.
    body: {
      name: NAME,
      egress: { ipv4: POOL.map(({ address }) => address) },
      gateway: '192.168.56.1',
    },
  });
  for (let count = 1; count <= 6; count++) members.push(await join(`member-${count}`));
});

afterAll(() => world.down());

test('six containers share three addresses evenly', () => {
  const used = POOL.map(({ address }) => members.filter(({ place }) => place.address === address));
  expect(used.map((them) => them.length)).toEqual([2, 2, 2]);
});

test.each(KINDS)('%s of each container leaves by its own address and uplink', async (kind) => {
  const since = Date.now();
  for (const member of members) {
    expect((await ask(member, kind)).ok, `${member.own} ${kind}`).toBe(true);
    expect(await world.packetsTo(member.target, since)).toBeGreaterThan(0);
  }
  expect(told(await world.leaks(since, flows()))).toBe('');
});

test('the first packet of a container that has just come is right', async () => {
  const since = Date.now();
  const late = await join('late');
  expect((await ask(late)).ok).toBe(true);
  expect(told(await world.leaks(since, [flowOf(late, late.place)]))).toBe('');
  await late.container.remove();
});

describe('an address is taken away', () => {
  test('its containers send nothing, the others go on, and the network says which is missing', async () => {
    await world.removeAddress(TAKEN.uplink, TAKEN_CIDR);
    const since = Date.now();
    for (const member of members) {
      const isLost = member.place === TAKEN;
      expect((await ask(member)).ok, member.own).toBe(!isLost);
      if (isLost) expect(await world.packetsTo(member.target, since)).toBe(0);
    }
    expect(told(await world.leaks(since, flows()))).toBe('');
    const { state, reason } = await show();
    expect(state).toBe('Ready');
    expect(reason).toContain(TAKEN.address);
  });

  test('and when it is back, so are they', async () => {
    const since = Date.now();
    await world.lab.host.addAddress(TAKEN.uplink, TAKEN_CIDR);
    for (const member of members.filter(({ place }) => place === TAKEN))
      await until(`${member.own} is answered`, async () => (await ask(member)).ok);
    expect(told(await world.leaks(since, flows()))).toBe('');
  });
});

describe('the guard knows whose address it is', () => {
  const table = ['inet', 'sallyport'];
  /** Gives a container the address of another one of the pool, behind the agent's back. */
  const misplace = async ({ own }: Member): Promise<void> => {
    const { address } = placeOf(own) === FIRST ? TAKEN : FIRST;
    await world.host('nft', 'delete', 'element', ...table, 'snat4_each', `{ ${own} }`);
    await world.host('nft', 'add', 'element', ...table, 'snat4_each', `{ ${own} : ${address} }`);
  };

  test('another address of the same pool is stopped, and mended', async () => {
    const member = members[0] as Member;
    world.agent.signal('SIGSTOP');
    const since = Date.now();
    await misplace(member);
    expect((await ask(member)).ok).toBe(false);
    expect(await world.packetsTo(member.target, since)).toBe(0);
    await world.agent.wake();
    await until('it is mended', async () => (await ask(member)).ok);
    expect(told(await world.leaks(since, flows()))).toBe('');
  });

  test('negative control: without the guard it is seen by the wrong address', async () => {
    const member = members[0] as Member;
    world.agent.signal('SIGSTOP');
    const since = Date.now();
    await world.host('nft', 'flush', 'chain', ...table, 'guard');
    await misplace(member);
    await ask(member);
    expect(told(await world.leaks(since, flows()))).not.toBe('');
    await world.agent.wake();
  });
});

test('the agent, asking from inside, expects the address of the place where it asks', async () => {
  await until('the network is Ready', async () => (await show()).state === 'Ready');
  const target = await world.newTarget();
  const answers = await world.agent.call('verify', { body: { echo: [`http://${target}/`] } });
  expect(answers).toMatchObject([{ ok: true }]);
});
