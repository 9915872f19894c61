import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { untilFlowing } from './support/load.ts';
import { type LoadedWorld, upLoadedWorld } from './support/loaded-world.ts';
import { A, B, flowOf, silent, type Subject, told, until, type World } from './support/world.ts';

/*
 * Faults under traffic while the agent is frozen or dead: the kernel alone has to hold. Each fault has
 * its negative control, which takes one more thing away and must see the leak by the same oracle.
 */

let loaded: LoadedWorld;
let world: World;
let a: Subject;
let b: Subject;
const ADDRESS = '192.168.4.153/24';
const OTHER = { address: '192.168.4.53', uplink: 'enp0s3' } as const;
/** Long enough for hundreds of packets of each load. */
const WHILE_MS = 700;

beforeAll(async () => {
  loaded = await upLoadedWorld('frozen');
  ({ world, a, b } = loaded);
});

/** So that the next test finds all in place and no repair on its way. */
afterEach(async () => {
  world.agent.signal('SIGCONT');
  await until('the agent has repaired', async () => {
    const guard = await world.lab.host.tryExec('nft', ['list', ...GUARD]);
    const rules = await world.host('ip', 'rule');
    const states = [await world.stateOf(A.name), await world.stateOf(B.name)];
    return (
      guard.stdout.includes('jump allowed') &&
      /4101:[^]*410[2-9]:[^]*4900:/.test(rules) &&
      states.every((state) => state === 'Ready')
    );
  });
  await loaded.untilBothFlow();
});

afterAll(() => loaded.down());

const GUARD = ['chain', 'inet', 'sallyport', 'guard'] as const;

/** Freezes the agent and does the damage, one thing after the other; answers since when it is done. */
async function damage(...things: readonly (() => Promise<unknown>)[]): Promise<number> {
  world.agent.signal('SIGSTOP');
  for (const thing of things) await thing();
  const since = Date.now();
  await sleep(WHILE_MS);
  return since;
}

const flushAll = () => world.host('nft', 'flush', 'ruleset');
const removeGuard = () => world.host('nft', 'flush', ...GUARD);
const removeClosing = () => world.host('ip', 'rule', 'del', 'priority', '4900');

/** All ways out but the first network's, which is the first way. */
async function removeWayOfB(): Promise<void> {
  for (const [, priority = ''] of (await world.host('ip', 'rule')).matchAll(/^(41\d\d):/gm))
    if (priority !== '4101') await world.host('ip', 'rule', 'del', 'priority', priority);
}

/** As somebody might by hand: another address in the map, the guard's list and all flows as they were. */
const changeMap = () =>
  world.lab.host.exec('nft', ['-f', '-'], {
    input: `delete element inet sallyport snat4 { 10.208.0.0/24 : ${A.address} }
      add element inet sallyport snat4 { 10.208.0.0/24 : ${OTHER.address} }\n`,
  });

async function leaks(since: number, expected: readonly ReturnType<typeof silent>[]) {
  return told(await world.containerLeaks(since, expected));
}

test('frozen for a while: nothing changes', async () => {
  const since = await damage();
  await loaded.untilBothFlow();
  await loaded.expectNoLeak(since);
});

test('nft flush ruleset: nothing leaves, because routing closes too', async () => {
  const since = await damage(flushAll);
  expect(await leaks(since, [silent(a), silent(b)])).toBe('');
  world.agent.signal('SIGCONT');
  await loaded.untilBothFlow();
  await loaded.expectNoLeak(since);
});

test('negative control: without the closing rules the same is seen at once', async () => {
  const since = await damage(flushAll, removeClosing);
  expect(await leaks(since, [silent(a), silent(b)])).toContain(' 10.208.');
});

test('our rules are gone: the guard stops what would leave by the wrong interface', async () => {
  const since = await damage(removeWayOfB, removeClosing);
  expect(await leaks(since, [flowOf(a, A), silent(b)])).toBe('');
});

test('negative control: without the guard too, the wrong interface is seen at once', async () => {
  const since = await damage(removeWayOfB, removeClosing, removeGuard);
  expect(await leaks(since, loaded.flows)).toContain('wrong-uplink (load-b)');
});

test('an element of the translation is made wrong: new flows are stopped, old ones keep their address', async () => {
  const since = await damage(changeMap);
  expect(await leaks(since, loaded.flows)).toBe('');
});

test('negative control: without the guard the wrong element’s address is seen at once', async () => {
  const since = await damage(changeMap, removeGuard);
  expect(await leaks(since, loaded.flows)).toContain(`wrong-source (load-a): tcp ${OTHER.address}`);
});

test('negative control of a changed address: flows that are not ended go on with the former one', async () => {
  const since = await damage(changeMap, removeGuard);
  const seen = await leaks(since, [flowOf(a, OTHER), flowOf(b, B)]);
  expect(seen).toContain(`wrong-source (load-a): udp ${A.address}`);
  expect(seen).toContain(`wrong-source (load-a): tcp ${A.address}`);
});

test('the address is removed: the kernel’s own table blocks, from the next packet on', async () => {
  const before = Date.now();
  let removed = before;
  await damage(async () => {
    removed = await world.removeAddress('enp0s3', ADDRESS);
  });
  expect(await leaks(removed, [silent(a), flowOf(b, B)])).toBe('');
  await world.lab.host.addAddress('enp0s3', ADDRESS);
  await untilFlowing(a);
  expect(await leaks(before, loaded.flows)).toBe('');
});

test('negative control: without the guard a removed address goes on leaving', async () => {
  const since = await damage(removeGuard, () => world.removeAddress('enp0s3', ADDRESS));
  expect(await leaks(since, [silent(a)])).toContain(`must-not-leave (load-a): udp ${A.address}`);
  await world.lab.host.addAddress('enp0s3', ADDRESS);
});

test('killed with -9', async () => {
  const since = Date.now();
  world.agent.signal('SIGKILL');
  await loaded.untilBothFlow();
  await loaded.expectNoLeak(since);
  await world.agent.start();
});

test('started again after it was killed', async () => {
  world.agent.signal('SIGKILL');
  const table = () => world.host('nft', '-s', 'list', 'table', 'inet', 'sallyport');
  const before = await table();
  const since = Date.now();
  await world.agent.start();
  await until('it has looked at everything', async () => {
    const { agent } = await world.agent.call('host', {});
    return (agent.lastReconcile?.at ?? 0) >= since;
  });
  expect(await table()).toBe(before);
  await loaded.untilBothFlow();
  await loaded.expectNoLeak(since);
  expect(await world.stateOf(A.name)).toBe('Ready');
});
