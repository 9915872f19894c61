import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { A, B, type Subject, until, upWorld, type World } from './support/world.ts';

/* Who used an address and port: the flow log beside what the capture beyond has seen. */

let world: World;
let a: Subject;
let b: Subject;
let since: number;

beforeAll(async () => {
  world = await upWorld('flows');
  await world.createGuideNetworks();
  a = await world.subject('on-a', A.name);
  b = await world.subject('on-b', B.name);
  since = Date.now();
  await send(a);
  await send(b);
});

afterAll(() => world.down());

/** Sends ten lines by one UDP socket and takes the echoes, then one line by TCP (RFC 862). */
const TALK = `
import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.settimeout(5)
for number in range(10):
    udp.sendto(b'line %d' % number, (sys.argv[1], 7))
    udp.recv(100)
tcp = socket.create_connection((sys.argv[1], 7), 5)
tcp.sendall(b'hello')
tcp.recv(100)
`;

async function send({ container, target }: Subject): Promise<void> {
  await container.exec('python3', ['-c', TALK, target]);
}

/** From where the machine beyond has seen a subject's first packet, and when. */
async function seen({ target }: Subject, protocol: string) {
  const [packet] = await world.lab.capture.packets({ since, destination: target, protocol });
  if (packet?.sourcePort === undefined) throw new Error(`nothing of ${protocol} was captured`);
  return { at: packet.at, address: packet.source, port: packet.sourcePort };
}

test.each(['udp', 'tcp'])(
  'the log names the container that the capture has seen by %s',
  async (protocol) => {
    for (const [subject, network] of [
      [a, A],
      [b, B],
    ] as const) {
      const { at, address, port } = await seen(subject, protocol);
      expect(address).toBe(network.address);
      const query = { address, port, since, until: Date.now() };
      const { flows } = await world.agent.call('flows', { query });
      const found = flows.filter((flow) => flow.protocol === protocol);
      expect(found).toMatchObject([
        {
          network: network.name,
          container: { name: subject.container.name },
          leaving: { address, port },
          destination: { address: subject.target, port: 7 },
        },
      ]);
      const [startedAt] = found.map((flow) => flow.startedAt ?? 0);
      expect(startedAt).toBeGreaterThan(at - 1_000);
      expect(startedAt).toBeLessThan(at + 1_000);
    }
  },
);

test('control: nobody used another port, another address, or this one at another time', async () => {
  const { address, port } = await seen(a, 'udp');
  const unused = [
    { address, port: port === 65_535 ? 1_024 : port + 1 },
    { address: B.address, port },
    { address, port, until: since - 1_000 },
    { address, port, network: B.name },
    { address, port, container: b.container.name },
  ];
  for (const query of unused) {
    const { flows } = await world.agent.call('flows', { query });
    expect(flows.filter((flow) => flow.protocol === 'udp')).toEqual([]);
  }
});

test('the command line answers with the container, and with 1 where nobody is known', async () => {
  const { address, port } = await seen(a, 'udp');
  const ask = (wanted: number) =>
    world.agent.run('flows', '--address', address, '--port', String(wanted));
  const known = await ask(port);
  expect(known.stdout).toContain(a.container.name);
  expect(known.code).toBe(0);
  const unknown = await ask(port === 65_535 ? 1_024 : port + 1);
  expect(unknown.stdout).toContain('No such flow is known.');
  expect(unknown.code).toBe(1);
});

test('counters say what the capture has seen', async () => {
  const packets = (await world.lab.capture.packets({ since, destination: a.target })).filter(
    ({ protocol }) => protocol === 'udp' || protocol === 'tcp',
  );
  const { networks } = await world.agent.call('counters', { query: { network: A.name } });
  expect(packets.length).toBeGreaterThan(10);
  const counted = { sent: { packets: packets.length }, flows: 2 };
  const containers = [{ name: a.container.name, ...counted }];
  expect(networks).toMatchObject([{ network: A.name, ...counted, containers }]);
});

test('a flow that has ended has its end, and the counters keep what it carried', async () => {
  const before = await world.agent.call('counters', { query: { network: A.name } });
  await world.host('conntrack', '-D', '-s', await addressOf(a));
  await until('the log has the end', async () => {
    const { flows } = await world.agent.call('flows', { query: { network: A.name } });
    return flows.length === 2 && flows.every(({ endedAt }) => endedAt !== null);
  });
  const after = await world.agent.call('counters', { query: { network: A.name } });
  expect(after.networks).toEqual(before.networks);
});

async function addressOf({ container }: Subject): Promise<string> {
  const { flows } = await world.agent.call('flows', { query: { container: container.name } });
  return flows[0]?.source.address ?? '';
}

test('what happened while no agent lived is told as a gap, and what was before is still known', async () => {
  const { address, port } = await seen(b, 'udp');
  await world.agent.stop();
  await world.agent.start();
  const query = { address, port, until: since + 5_000 };
  await until('the agent watches again', async () => {
    const { gaps } = await world.agent.call('flows', { query: {} });
    return gaps.length === 2;
  });
  const { flows } = await world.agent.call('flows', { query });
  expect(flows.filter(({ protocol }) => protocol === 'udp')).toMatchObject([
    { container: { name: b.container.name } },
  ]);
});

/** Which the guard denies, and counts. */
const METADATA = '169.254.169.254';

test('counters do not go back when agent, table and flows are gone', async () => {
  const counted = async () => {
    const { networks, drops, since: from } = await world.agent.call('counters', { query: {} });
    const ofA = networks.find(({ network }) => network === A.name);
    return { from, sent: ofA?.sent.packets ?? 0, drops: drops['drop_metadata']?.packets ?? 0, ofA };
  };
  await send(a);
  await a.container.traffic('udp', ['--target', METADATA, '--timeout', '0.2']);
  const before = await counted();
  expect(before.drops).toBeGreaterThan(0);
  world.agent.signal('SIGKILL');
  await until('the agent is dead', () => !world.agent.alive);
  await world.host('conntrack', '-F');
  await world.host('nft', 'delete', 'table', 'inet', 'sallyport');
  await world.agent.start();
  await until('the agent watches again', async () => (await counted()).sent >= before.sent);
  const between = await counted();
  expect(between).toMatchObject({ from: before.from, drops: before.drops, ofA: before.ofA });
  await send(a);
  const after = await counted();
  expect(after.sent).toBeGreaterThan(before.sent + 10);
});

describe('ports that run out', () => {
  const conditionsOf = async ({ name }: { readonly name: string }) => {
    const { conditions } = await world.agent.call('showNetwork', { params: { name } });
    return conditions.filter(({ type }) => type === 'Ports');
  };
  const events = async () => {
    const all = await world.agent.call('events', { query: { limit: 50, network: A.name } });
    return all.map(({ kind }) => kind).filter((kind) => kind.startsWith('ports.'));
  };

  /* From ports below 512 the kernel has 511 for one destination: as many flows take them all. */
  test('are a condition of their network, and an event, until the flows end', async () => {
    expect(await conditionsOf(A)).toEqual([]);
    const args = ['--target', a.target, '--timeout', '1'];
    const { answered } = await a.container.traffic('ports', args);
    expect(answered).toBe(511);
    await until('it is told', async () => (await conditionsOf(A)).length > 0);
    expect(await conditionsOf(A)).toMatchObject([
      { ok: false, message: expect.stringMatching(/^192\.168\.4\.153 has \d+ of 511/) as string },
    ]);
    expect(await world.agent.call('showNetwork', { params: { name: A.name } })).toMatchObject({
      state: 'Ready',
      reason: expect.stringContaining('ports in use') as string,
    });
    expect(await events()).toEqual(['ports.scarce']);
    expect(await conditionsOf(B)).toEqual([]);
    await world.host('conntrack', '-F');
    await until('it is over', async () => (await conditionsOf(A)).length === 0);
    expect(await events()).toEqual(['ports.scarce', 'ports.ample']);
  });
});
