import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { A, B, silent, type Subject, told, until, upWorld, type World } from './support/world.ts';

/*
 * Containers with another way out than their network's. The capture sees what leaves by it as long as the
 * network is not strict: that is the control of every test that says it is stopped.
 */

/** Found within a second of the event; asked for every 20 ms. */
const WITHIN_MS = 1_000;
const HOST = '192.168.4.53';
const ASIDE = { name: 'aside', subnet: '172.30.0.0/24', gateway: '172.30.0.1' } as const;

let world: World;
let a: Subject;
let b: Subject;

beforeAll(async () => {
  world = await upWorld('violations');
  await world.createGuideNetworks();
  await world.lab.docker(['network', 'create', '--subnet', ASIDE.subnet, ASIDE.name]);
  a = await world.subject('on-a', A.name, { extra: ['--cap-add', 'NET_ADMIN'] });
  b = await world.subject('on-b', B.name);
});

afterAll(() => world.down());

const violations = (network: string) => world.agent.call('violations', { query: { network } });

/** Kinds and containers of the violations of a network. */
const kinds = async (network: string) =>
  (await violations(network)).map(({ kind, container }) => `${kind} ${container.name}`);

/** How long it took until the list was so. */
const untilKinds = (network: string, wanted: readonly string[]) =>
  until(`${network} has ${wanted.join(', ') || 'no violation'}`, async () => {
    const now = await kinds(network);
    return JSON.stringify(now.toSorted()) === JSON.stringify(wanted.toSorted());
  });

async function strict(wanted: boolean): Promise<void> {
  const flag = wanted ? '--strict' : '--no-strict';
  expect(await world.agent.run('network', 'update', A.name, flag)).toMatchObject({ code: 0 });
}

/** By TCP to its own target: what the other side saw. */
async function source({ container, target }: Subject) {
  const { ok, source: seen } = await container.traffic('tcp', [
    '--target',
    target,
    '--timeout',
    '0.5',
  ]);
  return ok ? seen : 'nothing';
}

async function viaAside(): Promise<void> {
  await a.container.exec('ip', ['route', 'replace', 'default', 'via', ASIDE.gateway]);
}

test('nobody violates anything at first', async () => {
  expect(await kinds(A.name)).toEqual([]);
  expect(await kinds(B.name)).toEqual([]);
});

describe('a container on another network as well', () => {
  afterEach(async () => {
    await strict(false);
  });

  test('is found within a second, and an event tells it', async () => {
    await world.lab.docker(['network', 'connect', ASIDE.name, 'on-a']);
    expect(await untilKinds(A.name, ['other-network on-a'])).toBeLessThan(WITHIN_MS);
    const [found] = await violations(A.name);
    expect(found).toMatchObject({ blocked: false, remedy: 'docker network disconnect aside on-a' });
    const listed = await world.agent.run('violations', '--network', A.name);
    expect(listed).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('on-a is on aside') as string,
    });
    const events = await world.agent.call('events', { query: { limit: 20, network: A.name } });
    expect(events.at(-1)).toMatchObject({ kind: 'violation', message: found?.message });
    expect(await kinds(B.name)).toEqual([]);
  });

  test('leaves by the other one, unless the network is strict', async () => {
    await viaAside();
    expect(await source(a)).toBe(HOST);
    await strict(true);
    const since = Date.now();
    expect(await source(a)).toBe('nothing');
    // The drop is there with the answer to the update; the list follows the look after it.
    await until('it is listed as stopped', async () =>
      (await violations(A.name)).some(({ blocked }) => blocked),
    );
    expect(told(await world.containerLeaks(since, [silent(a)]))).toBe(told([]));
    expect((await world.agent.call('host', {})).drops['drop_stray']?.packets).toBeGreaterThan(0);
    expect(await source(b)).toBe(B.address);
    // The kernel spells the elements as the agent does: there is nothing to mend.
    expect((await world.agent.call('reconcile', {})).done).toEqual([]);
    await strict(false);
    expect(await source(a)).toBe(HOST);
  });

  test('stays stopped while the agent is dead, and while it starts again', async () => {
    await strict(true);
    const since = Date.now();
    world.agent.signal('SIGKILL');
    await until('the agent is dead', () => !world.agent.alive);
    expect(await source(a)).toBe('nothing');
    const starting = world.agent.start();
    expect(await source(a)).toBe('nothing');
    await starting;
    expect(await source(a)).toBe('nothing');
    expect(told(await world.containerLeaks(since, [silent(a)]))).toBe(told([]));
    await strict(false);
    expect(await source(a)).toBe(HOST);
  });

  test('has its time and its one event from the agent before', async () => {
    const before = await violations(A.name);
    const begins = async () => {
      const events = await world.agent.call('events', { query: { limit: 100, network: A.name } });
      return events.filter(({ kind }) => kind === 'violation').length;
    };
    const count = await begins();
    world.agent.signal('SIGKILL');
    await until('the agent is dead', () => !world.agent.alive);
    await world.agent.start();
    await untilKinds(A.name, ['other-network on-a']);
    expect((await violations(A.name)).map(({ since }) => since)).toEqual(
      before.map(({ since }) => since),
    );
    expect(await begins()).toBe(count);
  });

  test('is none any more when it leaves that network, and its own one is its way again', async () => {
    await strict(true);
    await world.lab.docker(['network', 'disconnect', ASIDE.name, 'on-a']);
    expect(await untilKinds(A.name, [])).toBeLessThan(WITHIN_MS);
    expect(await source(a)).toBe(A.address);
    const events = await world.agent.call('events', { query: { limit: 20, network: A.name } });
    expect(events.map(({ kind }) => kind)).toContain('violation.ended');
  });
});

describe('other ways', () => {
  test('another container’s namespace is found', async () => {
    await world.lab.runContainer({ name: 'guest', network: 'container:on-a' });
    expect(await untilKinds(A.name, ['shared-namespace guest'])).toBeLessThan(WITHIN_MS);
    await world.lab.container('guest').remove();
    await untilKinds(A.name, []);
  });

  test('the host’s network is found in a project that is on an egress network, and nowhere else', async () => {
    const labels = (project: string) => ['--label', `com.docker.compose.project=${project}`];
    await world.lab.runContainer({ name: 'alone', network: 'host', extra: labels('other') });
    await world.lab.runContainer({ name: 'proxy', network: 'host', extra: labels('shop') });
    await world.lab.runContainer({
      name: 'shop',
      network: B.name,
      dns: ['9.9.9.9'],
      extra: labels('shop'),
    });
    expect(await untilKinds(B.name, ['host-network proxy'])).toBeLessThan(WITHIN_MS);
    const findings = await world.agent.call('doctor', {});
    expect(findings.find(({ check }) => check === 'host-network')?.message).toContain(
      'alone, proxy',
    );
    for (const name of ['alone', 'proxy', 'shop']) await world.lab.container(name).remove();
    await untilKinds(B.name, []);
  });

  test('a link of its own on an uplink is found', async (context) => {
    const options = [
      '--driver',
      'macvlan',
      '--opt',
      'parent=enp0s3',
      '--subnet',
      '192.168.99.0/24',
    ];
    try {
      await world.lab.docker(['network', 'create', ...options, 'lan']);
      await world.lab.runContainer({ name: 'cam', network: 'lan' });
    } catch (error) {
      if (!/not supported|unknown device type|operation not permitted/i.test(String(error)))
        throw error;
      context.skip(`this kernel has no macvlan: ${String(error)}`);
    }
    const own = async () => {
      const all = await world.agent.call('violations', { query: {} });
      return all.filter(({ kind, container }) => kind === 'own-link' && container.name === 'cam');
    };
    expect(await until('it is told', async () => (await own()).length > 0)).toBeLessThan(WITHIN_MS);
    expect((await own())[0]).toMatchObject({ network: null, blocked: false });
    await world.lab.container('cam').remove();
  });

  test('inherited name servers are found, with the network’s own as the remedy', async () => {
    await world.agent.call('updateNetwork', {
      params: { name: B.name },
      body: { dns: ['9.9.9.9'] },
    });
    await world.lab.runContainer({ name: 'deaf', network: B.name });
    expect(await untilKinds(B.name, ['inherited-dns deaf'])).toBeLessThan(WITHIN_MS);
    expect((await violations(B.name))[0]?.remedy).toBe('start it anew with --dns 9.9.9.9');
    await world.lab.container('deaf').remove();
    await untilKinds(B.name, []);
  });

  test('a changed default route is found, though no event of Docker tells it', async () => {
    const container = (await world.host('ip', '-4', 'address', 'show', 'dev', A.name)).trim();
    const [, prefix = ''] = /inet (\d+\.\d+\.\d+)\.1\//.exec(container) ?? [];
    const ip = (...words: readonly string[]) => a.container.exec('ip', ['route', ...words]);
    expect((await ip('replace', 'default', 'via', `${prefix}.77`)).code).toBe(0);
    // Once a second.
    expect(await untilKinds(A.name, ['default-route on-a'])).toBeLessThan(2 * WITHIN_MS);
    await ip('replace', 'default', 'via', `${prefix}.1`);
    await untilKinds(A.name, []);
  });
});
