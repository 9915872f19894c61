import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilFlowing } from './support/figures.ts';
import { snapshotHost } from './support/snapshot.ts';
import { A, B, flowOf, type Subject, told, until, upWorld, type World } from './support/world.ts';

/* The agent's own life: a second one, a lost state, a boot without it, and the end of everything. */

let world: World;
let a: Subject;

beforeAll(async () => {
  world = await upWorld('life');
  await world.createGuideNetworks();
  a = await world.subject('load-a', A.name, { load: true });
  await untilFlowing(a);
});

afterAll(() => world.down());

const table = () => world.host('nft', '-s', 'list', 'table', 'inet', 'sallyport');
const code = (error: { readonly code?: string }) => error.code;

test('a second agent refuses to start, and says why', async () => {
  const { code: exit, stderr } = await world.agent.run('agent', 'run');
  expect(exit).toBe(4);
  expect(stderr).toContain('An agent runs already');
});

test('what is refused leaves everything as it was', async () => {
  const before = await snapshotHost(world);
  const egress = { ipv4: [A.address] };
  const refusals = [
    { name: A.name, egress },
    { name: 'docker0x', egress, subnet: '192.168.4.0/24' },
    { name: 'enp0s3', egress },
    { name: 'x', egress: { ipv4: ['172.17.0.1'] } },
    { name: 'y', egress, gateway: '192.168.56.1' },
  ];
  const codes = [];
  for (const body of refusals) {
    codes.push(await world.agent.call('createNetwork', { body }).catch(code));
  }
  expect(codes).toEqual([
    'network_exists',
    'subnet_overlap',
    'bridge_name_taken',
    'egress_address_unusable',
    'gateway_unusable',
  ]);
  expect(await snapshotHost(world)).toEqual(before);
});

test('what Docker refuses is taken back as a whole', async () => {
  const before = await table();
  // A subnet that no route shows, since its bridge is down, but that Docker knows.
  await world.lab.docker(['network', 'create', '--subnet', '172.31.0.0/16', 'other']);
  const body = { name: 'late', egress: { ipv4: [A.address] }, subnet: '172.31.5.0/24' };
  expect(await world.agent.call('createNetwork', { body }).catch(code)).toBe('subnet_overlap');
  expect(await table()).toBe(before);
  await world.lab.docker(['network', 'rm', 'other']);
});

test.each(['damaged', 'emptied'])(
  'a state that was %s changes nothing on the host',
  async (how) => {
    const document = await world.agent.call('exportDocument', {});
    const since = Date.now();
    world.agent.signal('SIGKILL');
    if (how === 'damaged')
      await writeFile(join(world.agent.stateDir, 'state.json'), '{"format":1,');
    else await rm(world.agent.stateDir, { recursive: true });
    const before = await table();
    await world.agent.start();
    expect(await world.agent.call('listNetworks', {}).catch(code)).toBe('state_lost');
    expect(
      (await world.agent.call('doctor', {})).find(({ check }) => check === 'state')?.level,
    ).toBe('error');
    expect(await table()).toBe(before);
    await untilFlowing(a);

    const half = { networks: document.networks.slice(0, 1) };
    expect(await world.agent.call('apply', { body: { document: half } }).catch(code)).toBe(
      'state_lost',
    );
    await world.agent.call('apply', { body: { document } });
    const networks = await world.agent.call('listNetworks', {});
    expect(networks.map(({ name, state }) => `${name} ${state}`)).toEqual([
      `${A.name} Ready`,
      `${B.name} Ready`,
    ]);
    await untilFlowing(a);
    expect(told(await world.containerLeaks(since, [flowOf(a, A)]))).toBe('');
    if (how === 'damaged') {
      expect(
        (await readdir(world.agent.stateDir)).some((name) =>
          name.startsWith('state.json.damaged-'),
        ),
      ).toBe(true);
    }
  },
);

test('when all is settled, the agent rests', async () => {
  const runs = async () => (await world.agent.call('host', {})).agent.lastReconcile?.at;
  const waited = await until('nothing changes any more', async () => {
    const before = await runs();
    await sleep(1_500);
    return (await runs()) === before;
  });
  expect(waited).toBeLessThan(5_000);
});

test('cleanup refuses while it would hurt, and then leaves nothing', async () => {
  expect((await world.agent.run('agent', 'cleanup')).stderr).toContain('An agent runs already');
  await world.agent.stop();
  const inUse = await world.agent.run('agent', 'cleanup');
  expect(inUse.code).toBe(4);
  expect(inUse.stderr).toContain(A.name);
  await a.container.remove();
  expect((await world.agent.run('agent', 'cleanup')).code).toBe(0);
  expect(await world.host('nft', 'list', 'tables')).not.toContain('sallyport');
  expect(await world.host('ip', 'rule')).not.toMatch(/^4\d\d\d:/m);
  expect(await world.host('ip', 'route', 'show', 'table', 'all')).not.toMatch(/table 4\d\d\d/);
  expect(await world.host('iptables', '-S')).not.toContain('sallyport');
  const { stdout } = await world.lab.docker(['network', 'ls', '--format', '{{.Name}}']);
  expect(stdout.trim().split('\n').toSorted()).toEqual(['bridge', 'host', 'none']);
});
