import type { Leak } from '@sallyport/lab/oracle';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { A, B, flowOf, type Subject, told, until, upWorld, type World } from './support/world.ts';

/* Both route modes under all reverse-path filters, and connections that come from outside. */

let world: World;
let a: Subject;
let b: Subject;
let main: Subject;
const MAIN = { name: 'z_main', address: B.address } as const;

beforeAll(async () => {
  world = await upWorld('routing');
  await world.createGuideNetworks();
  await world.agent.call('createNetwork', {
    body: { name: MAIN.name, egress: { ipv4: [MAIN.address] }, route: 'main' },
  });
  a = await world.subject('on-a', A.name);
  b = await world.subject('on-b', B.name);
  main = await world.subject('on-main', MAIN.name);
});

afterAll(() => world.down());

/** Without those of z_main, whose late retransmissions leave by enp0s3, as its mode says. */
async function leaksOfOthers(since: number): Promise<readonly Leak[]> {
  return (await world.leaks(since)).filter(({ packet }) => packet.destination !== main.target);
}

async function works({ container, target }: Subject): Promise<boolean> {
  return (await container.traffic('tcp', ['--target', target, '--timeout', '1.5'])).ok;
}

describe.each([0, 1, 2] as const)('rp_filter %i', (mode) => {
  test('route mode uplink works both ways', async () => {
    await world.lab.host.setRpFilter(mode);
    const since = Date.now();
    expect(await works(a)).toBe(true);
    expect(await works(b)).toBe(true);
    expect(told(await world.leaks(since, [flowOf(a, A), flowOf(b, B)]))).toBe('');
  });

  test('route mode main leaves as the main table says; doctor tells where replies are dropped', async () => {
    await world.lab.host.setRpFilter(mode);
    const since = Date.now();
    // Its replies come by enp0s8, which a strict check does not accept.
    expect(await works(main)).toBe(mode !== 1);
    const packets = await world.lab.capture.packets({ since, destination: main.target });
    const seen = new Set(
      packets
        .filter(({ protocol }) => protocol !== 'arp')
        .map(({ source, uplink }) => `${source} ${uplink}`),
    );
    expect([...seen]).toEqual([`${MAIN.address} enp0s3`]);
    const finding = (await world.agent.call('doctor', {})).find(
      ({ check }) => check === 'rp-filter',
    );
    expect(finding?.level).toBe(mode === 1 ? 'warning' : 'ok');
  });
});

test('what is on the link of another uplink is reached by the network’s own', async () => {
  const since = Date.now();
  const { ok, source } = await b.container.traffic('tcp', ['--target', '192.168.4.1']);
  expect({ ok, source }).toEqual({ ok: true, source: B.address });
  expect(told(await leaksOfOthers(since))).toBe('');
});

test('without a gateway only the own link is reached, and a condition says so', async () => {
  await world.agent.call('createNetwork', {
    body: { name: 'z_near', egress: { ipv4: [B.address] } },
  });
  const view = await world.agent.call('showNetwork', { params: { name: 'z_near' } });
  expect(view.state).toBe('Ready');
  expect(view.reason).toContain('only destinations on its own link');
  expect(view.remedy).toContain('--gateway');
  const near = await world.subject('near', 'z_near');
  expect((await near.container.traffic('tcp', ['--target', '192.168.56.1'])).ok).toBe(true);
  expect(
    (await near.container.traffic('tcp', ['--target', near.target, '--timeout', '1'])).ok,
  ).toBe(false);
});

/** A server of one word. */
const HELLO = `
import socket
server = socket.create_server(('', 8080))
while True:
    client, _ = server.accept()
    client.sendall(b'hello')
    client.close()
`;

test('a published port that is asked for by another uplink answers by that uplink', async () => {
  await world.lab.runContainer({
    name: 'server',
    network: A.name,
    extra: ['--publish', '192.168.56.103:8080:8080'],
    command: ['python3', '-c', HELLO],
  });
  const since = Date.now();
  const ask = ['nc', '-w', '2', '192.168.56.103', '8080'];
  await until('the server answers', async () => {
    const { stdout } = await world.lab.wan.tryExec('busybox', ask);
    return stdout.includes('hello');
  });
  const packets = await world.lab.capture.packets({
    since,
    where: ({ sourcePort }) => sourcePort === 8080,
  });
  expect(packets.length).toBeGreaterThan(0);
  expect(new Set(packets.map(({ source, uplink }) => `${source} ${uplink}`))).toEqual(
    new Set(['192.168.56.103 enp0s8']),
  );
  expect(told(await leaksOfOthers(since))).toBe('');
});
