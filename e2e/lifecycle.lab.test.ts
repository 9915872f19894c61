import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilFlowing } from './support/figures.ts';
import { snapshotHost } from './support/snapshot.ts';
import { A, until, upWorld, type World } from './support/world.ts';

/* What the agent refuses, and that it rests. Its deaths and its lost states are among the leak scenarios. */

let world: World;

beforeAll(async () => {
  world = await upWorld('life');
  await world.createGuideNetworks();
  await untilFlowing(await world.subject('load-a', A.name, { load: true }));
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

test('when all is settled, the agent rests', async () => {
  const runs = async () => (await world.agent.call('host', {})).agent.lastReconcile?.at;
  const waited = await until('nothing changes any more', async () => {
    const before = await runs();
    await sleep(1_500);
    return (await runs()) === before;
  });
  expect(waited).toBeLessThan(5_000);
});
