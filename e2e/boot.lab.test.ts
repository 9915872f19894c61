import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { totalSince, untilFlowing } from './support/load.ts';
import { Ledger } from './support/ledger.ts';
import {
  A,
  flowOf,
  silent,
  type Subject,
  told,
  until,
  upWorld,
  type World,
} from './support/world.ts';

/*
 * Boots, and Docker's own comings and goings. Containers with a restart policy start to send as soon as
 * Docker does, whether or not an agent is there.
 */

let world: World;
let a: Subject;
const ledger = new Ledger();
/** How long the restarted container sends into the closed guard, or past the missing one. */
const WHILE_MS = 700;

beforeAll(async () => {
  world = await upWorld('boot');
  await world.createGuideNetworks();
  a = await world.subject('load-a', A.name, { load: true, extra: ['--restart', 'always'] });
  await untilFlowing(a);
});

afterAll(async () => {
  ledger.print();
  await world.down();
});

/** Takes away all that a reboot takes away; Docker and the agent do not run afterwards. */
async function shutDown(): Promise<void> {
  await world.agent.stop();
  await world.lab.daemon.stop();
  await world.host('nft', 'flush', 'ruleset');
  await world.host('conntrack', '-F');
  for (const [, priority = ''] of (await world.host('ip', 'rule')).matchAll(/^(4\d\d\d):/gm))
    await world.host('ip', 'rule', 'del', 'priority', priority);
  const routes = await world.host('ip', 'route', 'show', 'table', 'all');
  for (const [, table = ''] of routes.matchAll(/ table (4\d\d\d)/g))
    await world.host('ip', 'route', 'flush', 'table', table);
  for (const [, bridge = ''] of (
    await world.host('ip', '-brief', 'link', 'show', 'type', 'bridge')
  ).matchAll(/^(\S+)/gm))
    await world.host('ip', 'link', 'del', bridge);
  await world.host('sysctl', '-q', '-w', 'net.ipv4.conf.all.src_valid_mark=0');
}

async function running(): Promise<boolean> {
  const args = ['ps', '--quiet', '--filter', `name=${a.container.name}`];
  return (await world.lab.docker(args)).stdout.trim() !== '';
}

test('a boot without the agent: the stored guard alone lets nothing out; the agent comes late', async () => {
  await shutDown();
  const since = Date.now();
  expect(await world.agent.run('agent', 'guard')).toMatchObject({ code: 0 });
  await world.lab.daemon.start();
  await until('the container is back', running);
  await until('it sends', async () => (await totalSince(a, since)).sent > 200);
  expect(told(await world.containerLeaks(since, [silent(a)]))).toBe('');

  const begun = performance.now();
  await world.agent.start();
  await untilFlowing(a);
  const repairMs = performance.now() - begun;
  expect(await world.stateOf(A.name)).toBe('Ready');
  const leaks = await world.containerLeaks(since, [flowOf(a, A)]);
  await ledger.write(world, a, {
    scenario: 'boot with the guard, agent late',
    since,
    leaks,
    repairMs,
  });
  expect(told(leaks)).toBe('');
});

test('negative control: a boot without the stored guard is seen at once; a late agent mends those flows too', async () => {
  await shutDown();
  const since = Date.now();
  await world.lab.daemon.start();
  await until(
    'packets of the container are seen',
    async () => (await world.packetsTo(a.target, since)) > 20,
  );
  expect(told(await world.containerLeaks(since, [silent(a)]))).toContain(' 10.208.');
  await world.agent.start();
  await untilFlowing(a);
});

test('dockerd is killed and started again: the load goes on', async () => {
  const since = Date.now();
  await world.lab.daemon.kill();
  const killed = Date.now();
  await sleep(WHILE_MS);
  expect(await world.packetsTo(a.target, killed)).toBeGreaterThan(50);
  await world.lab.daemon.start();
  await untilFlowing(a);
  const leaks = await world.containerLeaks(since, [flowOf(a, A)]);
  await ledger.write(world, a, { scenario: 'dockerd killed and started', since, leaks });
  expect(told(leaks)).toBe('');
});

test('dockerd is restarted with its containers', async () => {
  const since = Date.now();
  await world.lab.daemon.restart();
  await until('the container is back', running);
  await untilFlowing(a);
  const leaks = await world.containerLeaks(since, [flowOf(a, A)]);
  await ledger.write(world, a, { scenario: 'dockerd restarted', since, leaks });
  expect(told(leaks)).toBe('');
  await until('z_custom_a is Ready', async () => (await world.stateOf(A.name)) === 'Ready');
});

test('dockerd is restarted with live-restore: the load goes on', async () => {
  await world.lab.daemon.restart({ liveRestore: true });
  await until('the container is back', running);
  await untilFlowing(a);
  const since = Date.now();
  await world.lab.daemon.restart({ liveRestore: true });
  await untilFlowing(a);
  const leaks = await world.containerLeaks(since, [flowOf(a, A)]);
  await ledger.write(world, a, { scenario: 'dockerd restarted with live-restore', since, leaks });
  expect(told(leaks)).toBe('');
});
