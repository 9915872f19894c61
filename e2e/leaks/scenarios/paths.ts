import assert from 'node:assert/strict';
import { withoutProtection } from '../../support/protection.ts';
import { A, B, flowOf, told } from '../../support/world.ts';
import type { PlaceStage } from '../place-stage.ts';
import type { Control, Scenario } from '../scenario.ts';

/* Where paths end: ports that run out, packets that are too big, names, connections from outside. */

/** The same act by the first container without our table and rules. */
function bareA(act: (stage: PlaceStage) => Promise<unknown>): Control<PlaceStage> {
  return {
    without: 'our table, our rules and the agent',
    run: async (stage) => {
      const { world, a } = stage;
      await withoutProtection(world);
      const since = Date.now();
      await act(stage);
      return told(await world.leaks(since, [flowOf(a, A)]));
    },
  };
}

const EACH = 511;

/** Two containers of one network want 1,022 flows to one destination, for which there are 511 ports. */
async function exhaust({ world, a }: PlaceStage, name: string) {
  const container = await world.lab.runContainer({ name, network: A.name });
  const args = ['--target', a.target];
  const results = [
    await a.container.traffic('ports', [...args, '--timeout', '1']),
    await container.traffic('ports', [...args, '--timeout', '1']),
  ];
  await container.remove();
  return results;
}

async function insertFailures({ world }: PlaceStage): Promise<number> {
  const counts = (await world.host('conntrack', '-S')).matchAll(/ (?:insert_failed|drop)=(\d+)/g);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

const exhausted: Scenario<PlaceStage> = {
  id: 'L22',
  title: 'more connections to one destination than there are ports',
  run: async (stage) => {
    const since = Date.now();
    const before = await insertFailures(stage);
    const results = await exhaust(stage, `ports-${since}`);
    const delivered = results.reduce((sum, { answered }) => sum + Number(answered), 0);
    assert.ok(
      delivered < 2 * EACH,
      `${delivered} of ${2 * EACH} were answered: ports never ran out`,
    );
    assert.ok(delivered > EACH / 2, `only ${delivered} of ${2 * EACH} were answered`);
    assert.ok((await insertFailures(stage)) > before, 'the kernel counts those that got no port');
    const leaks = await stage.world.leaks(since, [flowOf(stage.a, A)]);
    await stage.world.host('conntrack', '-F');
    return { since, leaks, figures: { sent: 2 * EACH, delivered } };
  },
  control: bareA((stage) => exhaust(stage, `ports-bare-${Date.now()}`)),
};

const sendFragments = ({ a }: PlaceStage) =>
  a.container.traffic('fragments', ['--target', a.target, '--timeout', '1']);

const fragments: Scenario<PlaceStage> = {
  id: 'L23',
  title: 'fragments carry the right address',
  run: async (stage) => {
    const { world, a } = stage;
    const since = Date.now();
    const { ok, source } = await sendFragments(stage);
    assert.deepEqual({ ok, source }, { ok: true, source: A.address });
    const pieces = await world.lab.capture.packets({
      since,
      destination: a.target,
      where: ({ fragment }) => fragment,
    });
    assert.ok(pieces.length > 1, 'it left in pieces');
    const leaks = await world.leaks(since, [flowOf(a, A)]);
    return { since, leaks, figures: { sent: pieces.length, delivered: pieces.length } };
  },
  control: bareA(sendFragments),
};

const FAR = '198.51.100.250';
const NARROW = 1_300;

/** A cable of 1,300 bytes behind the machine beyond, which forwards to it and says when a packet is too big. */
async function narrowPath({ world }: PlaceStage): Promise<void> {
  const { wan } = world.lab;
  await wan.exec('sysctl', ['-q', '-w', 'net.ipv4.ip_forward=1']);
  await wan.tryExec('ip', ['link', 'add', 'narrow0', 'type', 'veth', 'peer', 'name', 'narrow1']);
  await wan.exec('ip', ['link', 'set', 'narrow0', 'mtu', String(NARROW), 'up']);
  await wan.exec('ip', ['link', 'set', 'narrow1', 'up']);
  await wan.exec('ip', ['route', 'replace', `${FAR}/32`, 'dev', 'narrow0']);
  const far = ['neigh', 'replace', FAR, 'lladdr', '02:00:00:00:00:01', 'dev', 'narrow0'];
  await wan.exec('ip', far);
}

const askMtu = ({ a }: PlaceStage) =>
  a.container.traffic('pmtu', ['--target', FAR, '--timeout', '2']);

const pathMtu: Scenario<PlaceStage> = {
  id: 'L23',
  title: 'path-MTU messages reach the container through the translation',
  run: async (stage) => {
    await narrowPath(stage);
    const since = Date.now();
    const { before, after } = await askMtu(stage);
    assert.deepEqual({ before, after }, { before: 1500, after: NARROW });
    const flow = { ...flowOf(stage.a, A), destination: FAR };
    const delivered = await stage.world.packetsTo(FAR, since);
    const leaks = await stage.world.leaks(since, [flow]);
    return { since, leaks, figures: { sent: delivered, delivered } };
  },
  control: bareA(askMtu),
};

async function askNames({ a }: PlaceStage) {
  return [
    await a.container.traffic('dns', ['--timeout', '1', '--tag', `embedded-${Date.now()}`]),
    await a.container.traffic('dns', ['--timeout', '1', '--server', a.target]),
    await a.container.traffic('dns', ['--timeout', '1', '--server', a.target, '--tcp']),
  ];
}

const names: Scenario<PlaceStage> = {
  id: 'L27',
  title: 'names: the embedded resolver, UDP and TCP',
  run: async (stage) => {
    const { world, a } = stage;
    const since = Date.now();
    const answers = await askNames(stage);
    for (const { source } of answers) assert.equal(source, A.address);
    const asked = await world.lab.wan.arrivals({ since });
    const askers = new Set(asked.map(({ source }) => source));
    assert.deepEqual([...askers], [A.address], 'the authoritative server saw nobody else');
    const leaks = await world.leaks(since, [flowOf(a, A)]);
    return { since, leaks, figures: { sent: answers.length, delivered: asked.length } };
  },
  control: bareA(askNames),
};

/** A server of one word. */
const HELLO = `
import socket
server = socket.create_server(('', 8080))
while True:
    client, _ = server.accept()
    client.sendall(b'hello')
    client.close()
`;

const ASK = `
const [, host, localAddress] = process.argv;
const socket = require('node:net').connect({ host, port: 8080, localAddress });
socket.setTimeout(1000, () => socket.destroy());
socket.on('error', () => socket.destroy()).pipe(process.stdout);
`;

/** By an address that is on no link of the host, so that the way back is a choice. */
async function askFromOutside({ world }: PlaceStage, address: string): Promise<string> {
  const args = ['-e', ASK, address, '198.51.100.10'];
  return (await world.lab.wan.tryExec(process.execPath, args)).stdout.trim();
}

async function repliesBy({ world }: PlaceStage, since: number): Promise<readonly string[]> {
  const packets = await world.lab.capture.packets({
    since,
    where: ({ sourcePort }) => sourcePort === 8080,
  });
  return [...new Set(packets.map(({ source, uplink }) => `${source} on ${uplink}`))];
}

const published: Scenario<PlaceStage> = {
  id: 'L32',
  title:
    'a published port on another address than the egress one: replies go back by the way of the request',
  run: async (stage) => {
    const { world } = stage;
    await world.lab.runContainer({
      name: 'server',
      network: A.name,
      extra: ['--publish', `${B.address}:8080:8080`],
      command: ['python3', '-c', HELLO],
    });
    const since = Date.now();
    let answer = '';
    for (let turn = 0; turn < 20 && answer === ''; turn += 1)
      answer = await askFromOutside(stage, B.address);
    assert.equal(answer, 'hello');
    assert.deepEqual(await repliesBy(stage, since), [`${B.address} on ${B.uplink}`]);
    return { since, leaks: await world.leaks(since), figures: { sent: 1, delivered: 1 } };
  },
  control: {
    without: 'our table and rules',
    run: async (stage) => {
      await withoutProtection(stage.world);
      const since = Date.now();
      await askFromOutside(stage, B.address);
      const by = await repliesBy(stage, since);
      return by.filter((each) => each !== `${B.address} on ${B.uplink}`).join(', ');
    },
  },
};

export const paths: readonly Scenario<PlaceStage>[] = [
  exhausted,
  fragments,
  pathMtu,
  names,
  published,
];
