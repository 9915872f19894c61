import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { untilFlowing } from './support/load.ts';
import { type LoadedWorld, upLoadedWorld } from './support/loaded-world.ts';
import { A, B, flowOf, silent, type Subject, told, until, type World } from './support/world.ts';

/* Faults under traffic with the agent at work. Negative controls of this set-up: faults-agent-frozen.lab.test.ts. */

let loaded: LoadedWorld;
let world: World;
let a: Subject;
let b: Subject;
const ADDRESS = '192.168.4.153/24';
/** Long enough for hundreds of packets of each load. */
const WHILE_MS = 700;

beforeAll(async () => {
  loaded = await upLoadedWorld('faults');
  ({ world, a, b } = loaded);
});

afterEach(() => {
  world.agent.signal('SIGCONT');
});

afterAll(() => loaded.down());

const SUBNET = '10.208.0.0/24';
const IN_SNAT4 = 'inet sallyport snat4';
const SNAT4 = `${SUBNET} : ${A.address}`;

async function snat4(verb: 'add' | 'delete', address: string): Promise<void> {
  await world.host('nft', verb, 'element', ...IN_SNAT4.split(' '), `{ ${SUBNET} : ${address} }`);
}

/** What the map says about the first network. */
async function snat4List(): Promise<string> {
  const listed = await world.lab.host.tryExec('nft', ['list', 'map', ...IN_SNAT4.split(' ')]);
  return /10\.208\.0\.0\/24 : [\d.]+/.exec(listed.stdout)?.[0] ?? 'nothing';
}

/** A repair since then is told, in words that name what was found. */
async function expectEvent(since: number, words: string): Promise<void> {
  const repairs = async () =>
    (await world.agent.call('events', { query: { limit: 50 } })).filter(
      ({ kind, at }) => kind === 'repair' && at >= since,
    );
  await until('a repair is told', async () => (await repairs()).length > 0);
  const messages = (await repairs()).map(({ message }) => message).join('\n');
  expect(messages).toContain(words);
}

async function tableIsThere(): Promise<boolean> {
  return (
    (await world.lab.host.tryExec('nft', ['list', 'chain', 'inet', 'sallyport', 'guard'])).code ===
    0
  );
}

test('nft flush ruleset', async () => {
  const since = Date.now();
  await world.host('nft', 'flush', 'ruleset');
  const repairMs = await until('the table is back', tableIsThere);
  await loaded.untilBothFlow();
  await loaded.expectNoLeak(since, { repairMs });
  await expectEvent(since, 'the nftables table inet sallyport is missing');
});

test('iptables -F, also in its table nat', async () => {
  const since = Date.now();
  await world.host('iptables', '-F');
  await world.host('iptables', '-t', 'nat', '-F');
  await loaded.untilBothFlow();
  await loaded.expectNoLeak(since);
});

test('an element of the translation is deleted', async () => {
  const since = Date.now();
  await snat4('delete', A.address);
  const repairMs = await until('the element is back', async () => (await snat4List()) === SNAT4);
  await untilFlowing(a);
  await loaded.expectNoLeak(since, { repairMs });
  await expectEvent(since, 'snat4');
});

test('an element of the translation is made wrong', async () => {
  const since = Date.now();
  // One transaction, so that nothing is repaired in between.
  await world.lab.host.exec('nft', ['-f', '-'], {
    input: `delete element ${IN_SNAT4} { ${SUBNET} : ${A.address} }
      add element ${IN_SNAT4} { ${SUBNET} : 192.168.4.53 }\n`,
  });
  const repairMs = await until('the element is right', async () => (await snat4List()) === SNAT4);
  await untilFlowing(a);
  await loaded.expectNoLeak(since, { repairMs });
  await expectEvent(since, 'snat4');
});

test('our rules and routes are deleted', async () => {
  const since = Date.now();
  await world.host('ip', 'route', 'flush', 'table', '4101');
  await world.host('ip', 'rule', 'del', 'priority', '4101');
  await world.host('ip', 'rule', 'del', 'priority', '4900');
  const repairMs = await until('rules and routes are back', async () => {
    const routes = await world.lab.host.tryExec('ip', ['route', 'show', 'table', '4101']);
    return (
      /4101:[^]*4900:/.test(await world.host('ip', 'rule')) && routes.stdout.includes('default')
    );
  });
  await untilFlowing(a);
  await loaded.expectNoLeak(since, { repairMs });
});

test('the address is removed and comes back', async () => {
  const before = Date.now();
  const since = await world.removeAddress('enp0s3', ADDRESS);
  const blocked = await until(
    'z_custom_a is Blocked',
    async () => (await world.stateOf(A.name)) === 'Blocked',
  );
  await sleep(WHILE_MS);
  expect(told(await world.containerLeaks(since, [silent(a), flowOf(b, B)]))).toBe('');
  await world.lab.host.addAddress('enp0s3', ADDRESS);
  const ready = await until(
    'z_custom_a is Ready',
    async () => (await world.stateOf(A.name)) === 'Ready',
  );
  await untilFlowing(a);
  // Also while it went: never another address.
  await loaded.expectNoLeak(before);
  console.log(`Blocked after ${Math.round(blocked)} ms, Ready again after ${Math.round(ready)} ms`);
});

test('the address moves to the other interface and back', async () => {
  const since = Date.now();
  await world.lab.host.removeAddress('enp0s3', ADDRESS);
  const moved = Date.now();
  await world.lab.host.addAddress('enp0s8', ADDRESS);
  await sleep(WHILE_MS);
  const there = { address: A.address, uplink: 'enp0s8' };
  expect(told(await world.containerLeaks(moved, [flowOf(a, there), flowOf(b, B)]))).toBe('');
  await world.lab.host.removeAddress('enp0s8', ADDRESS);
  await world.lab.host.addAddress('enp0s3', ADDRESS);
  await until('z_custom_a is Ready', async () => (await world.stateOf(A.name)) === 'Ready');
  await untilFlowing(a);
  expect(
    told(await world.containerLeaks(since, [flowOf(a, { address: A.address }), flowOf(b, B)])),
  ).toBe('');
});

test('the uplink goes down and up', async () => {
  const since = Date.now();
  await world.lab.host.linkDown('enp0s8');
  await until('z_custom_b is Blocked', async () => (await world.stateOf(B.name)) === 'Blocked');
  await sleep(WHILE_MS);
  await world.lab.host.linkUp('enp0s8');
  await until('z_custom_b is Ready', async () => (await world.stateOf(B.name)) === 'Ready');
  await untilFlowing(b);
  await loaded.expectNoLeak(since, { subject: b });
});

test('the egress address is changed, and back', async () => {
  const other = { address: '192.168.4.53', uplink: 'enp0s3' };
  const before = Date.now();
  const change = (address: string) =>
    world.agent.call('updateNetwork', {
      params: { name: A.name },
      body: { egress: { ipv4: [address] } },
    });
  await change(other.address);
  const acknowledged = Date.now();
  await untilFlowing(a);
  expect(told(await world.containerLeaks(acknowledged, [flowOf(a, other), flowOf(b, B)]))).toBe('');
  await change(A.address);
  const back = Date.now();
  await untilFlowing(a);
  expect(told(await world.containerLeaks(back, loaded.flows))).toBe('');
  const either = {
    name: 'load-a',
    destination: a.target,
    sources: [A.address, other.address],
    uplink: 'enp0s3',
  };
  expect(told(await world.containerLeaks(before, [either, flowOf(b, B)]))).toBe('');
});

test('conntrack is emptied', async () => {
  const since = Date.now();
  await world.host('conntrack', '-F');
  await loaded.untilBothFlow();
  await loaded.expectNoLeak(since);
});
