import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { figures, untilFlowing } from './support/load.ts';
import {
  A,
  B,
  flowOf,
  silent,
  type Subject,
  told,
  until,
  upWorld,
  type World,
} from './support/world.ts';

/* Faults under traffic. The capture beyond the host is the oracle of each. */

let world: World;
let a: Subject;
let b: Subject;
const ADDRESS = '192.168.4.153/24';
/** Long enough for thousands of packets of the load. */
const WHILE_MS = 700;

beforeAll(async () => {
  world = await upWorld('faults');
  await world.createGuideNetworks();
  a = await world.subject('load-a', A.name, { load: true });
  b = await world.subject('load-b', B.name, { load: true });
  await Promise.all([untilFlowing(a), untilFlowing(b)]);
});

afterEach(() => {
  world.agent.signal('SIGCONT');
});

afterAll(async () => {
  console.table([await figures(a), await figures(b)]);
  await world.down();
});

const flows = () => [flowOf(a, A), flowOf(b, B)];

async function expectNoLeak(since: number): Promise<void> {
  expect(told(await world.containerLeaks(since, flows()))).toBe('');
  expect(await world.packetsTo(a.target, since)).toBeGreaterThan(0);
}

/** Takes the address away; answers when what had been on its way in the kernel is through. */
async function removed(address: string): Promise<number> {
  await world.lab.host.removeAddress('enp0s3', address);
  await sleep(20);
  return Date.now();
}

async function state(name: string): Promise<string> {
  return (await world.agent.call('showNetwork', { params: { name } })).state;
}

async function tableIsThere(): Promise<boolean> {
  return (
    (await world.lab.host.tryExec('nft', ['list', 'chain', 'inet', 'sallyport', 'guard'])).code ===
    0
  );
}

describe('with the agent alive', () => {
  test('nft flush ruleset: repaired, told, and the load goes on', async () => {
    const since = Date.now();
    await world.host('nft', 'flush', 'ruleset');
    const took = await until('the table is back', tableIsThere);
    await Promise.all([untilFlowing(a), untilFlowing(b)]);
    await expectNoLeak(since);
    console.log(`the table was back ${Math.round(took)} ms after the flush`);
    const events = await world.agent.call('events', { query: { limit: 50 } });
    const repairs = events.filter(({ kind, at }) => kind === 'repair' && at >= since);
    expect(repairs).not.toEqual([]);
    for (const { message } of repairs) console.log(message);
  });

  test('an element is deleted and another made wrong: repaired', async () => {
    const since = Date.now();
    const element = (verb: string, text: string) =>
      world.host('nft', verb, 'element', 'inet', 'sallyport', text);
    await world.host(
      'nft',
      'delete',
      'element',
      'inet',
      'sallyport',
      'snat4',
      '{ 10.208.0.0/24 : 192.168.4.153 }',
    );
    await element('add', 'snat4 { 10.208.0.0/24 : 192.168.4.53 }').catch(() => undefined);
    const map = () => world.host('nft', 'list', 'map', 'inet', 'sallyport', 'snat4');
    await until('the element is back', async () =>
      (await map()).includes('10.208.0.0/24 : 192.168.4.153'),
    );
    await untilFlowing(a);
    await expectNoLeak(since);
  });

  test('rules and routes are deleted: repaired', async () => {
    const since = Date.now();
    await world.host('ip', 'route', 'flush', 'table', '4101');
    await world.host('ip', 'rule', 'del', 'priority', '4101');
    await world.host('ip', 'rule', 'del', 'priority', '4900');
    await until('the rules are back', async () =>
      /4101:[^]*4900:/.test(await world.host('ip', 'rule')),
    );
    await untilFlowing(a);
    await expectNoLeak(since);
  });

  test('the address is removed: Blocked and silent; it comes back: Ready by itself', async () => {
    const since = await removed(ADDRESS);
    const blocked = await until(
      'z_custom_a is Blocked',
      async () => (await state(A.name)) === 'Blocked',
    );
    await sleep(WHILE_MS);
    expect(told(await world.containerLeaks(since, [silent(a), flowOf(b, B)]))).toBe('');
    await world.lab.host.addAddress('enp0s3', ADDRESS);
    const ready = await until('z_custom_a is Ready', async () => (await state(A.name)) === 'Ready');
    await untilFlowing(a);
    await expectNoLeak(since);
    console.log(
      `Blocked after ${Math.round(blocked)} ms, Ready again after ${Math.round(ready)} ms`,
    );
  });

  test('the address moves to the other interface: it leaves there, or not at all', async () => {
    const since = Date.now();
    await world.lab.host.removeAddress('enp0s3', ADDRESS);
    const moved = Date.now();
    await world.lab.host.addAddress('enp0s8', ADDRESS);
    await sleep(WHILE_MS);
    const there = { address: A.address, uplink: 'enp0s8' };
    expect(told(await world.containerLeaks(moved, [flowOf(a, there), flowOf(b, B)]))).toBe('');
    await world.lab.host.removeAddress('enp0s8', ADDRESS);
    await world.lab.host.addAddress('enp0s3', ADDRESS);
    await until('z_custom_a is Ready', async () => (await state(A.name)) === 'Ready');
    await untilFlowing(a);
    expect(
      told(await world.containerLeaks(since, [flowOf(a, { address: A.address }), flowOf(b, B)])),
    ).toBe('');
  });

  test('the uplink goes down and up', async () => {
    const since = Date.now();
    await world.lab.host.linkDown('enp0s8');
    await until('z_custom_b is Blocked', async () => (await state(B.name)) === 'Blocked');
    await sleep(WHILE_MS);
    await world.lab.host.linkUp('enp0s8');
    await until('z_custom_b is Ready', async () => (await state(B.name)) === 'Ready');
    await untilFlowing(b);
    await expectNoLeak(since);
  });

  test('the egress address is changed under a long stream: nothing with the former one after the answer', async () => {
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
    expect(told(await world.containerLeaks(acknowledged, [flowOf(a, other), flowOf(b, B)]))).toBe(
      '',
    );
    await change(A.address);
    const back = Date.now();
    await untilFlowing(a);
    expect(told(await world.containerLeaks(back, flows()))).toBe('');
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
    await Promise.all([untilFlowing(a), untilFlowing(b)]);
    await expectNoLeak(since);
  });
});

describe('with the agent stopped', () => {
  test('nft flush ruleset: nothing leaves, because routing closes too', async () => {
    world.agent.signal('SIGSTOP');
    await world.host('nft', 'flush', 'ruleset');
    const since = Date.now();
    await sleep(WHILE_MS);
    expect(told(await world.containerLeaks(since, [silent(a), silent(b)]))).toBe('');
    world.agent.signal('SIGCONT');
    await Promise.all([untilFlowing(a), untilFlowing(b)]);
    await expectNoLeak(since);
  });

  test('negative control: without the closing rules the same is seen at once', async () => {
    world.agent.signal('SIGSTOP');
    await world.host('nft', 'flush', 'ruleset');
    await world.host('ip', 'rule', 'del', 'priority', '4900');
    const since = Date.now();
    await sleep(WHILE_MS);
    const leaks = await world.containerLeaks(since, [silent(a), silent(b)]);
    expect(leaks.length).toBeGreaterThan(10);
    expect(told(leaks)).toContain('10.208.');
    world.agent.signal('SIGCONT');
    await Promise.all([untilFlowing(a), untilFlowing(b)]);
  });

  test('our rules and routes are gone: the guard stops what would leave by the wrong interface', async () => {
    world.agent.signal('SIGSTOP');
    for (const priority of ['4102', '4103', '4900']) {
      await world.lab.host.tryExec('ip', ['rule', 'del', 'priority', priority]);
    }
    const since = Date.now();
    await sleep(WHILE_MS);
    expect(told(await world.containerLeaks(since, [flowOf(a, A), silent(b)]))).toBe('');
  });

  test('negative control: without the guard too, the wrong interface is seen at once', async () => {
    world.agent.signal('SIGSTOP');
    for (const priority of ['4102', '4103', '4900']) {
      await world.lab.host.tryExec('ip', ['rule', 'del', 'priority', priority]);
    }
    await world.host('nft', 'flush', 'chain', 'inet', 'sallyport', 'guard');
    const since = Date.now();
    await sleep(WHILE_MS);
    expect(told(await world.containerLeaks(since, [flowOf(a, A), flowOf(b, B)]))).toContain(
      'wrong-uplink',
    );
    world.agent.signal('SIGCONT');
    await Promise.all([untilFlowing(a), untilFlowing(b)]);
  });

  test('the address is removed: the kernel’s own table blocks, from the next packet on', async () => {
    world.agent.signal('SIGSTOP');
    const since = await removed(ADDRESS);
    await sleep(WHILE_MS);
    expect(told(await world.containerLeaks(since, [silent(a), flowOf(b, B)]))).toBe('');
    await world.lab.host.addAddress('enp0s3', ADDRESS);
    await untilFlowing(a);
    expect(told(await world.containerLeaks(since, flows()))).toBe('');
  });

  test('negative control: without the guard a removed address goes on leaving', async () => {
    world.agent.signal('SIGSTOP');
    await world.host('nft', 'flush', 'chain', 'inet', 'sallyport', 'guard');
    const since = await removed(ADDRESS);
    await sleep(WHILE_MS);
    expect((await world.containerLeaks(since, [silent(a)])).length).toBeGreaterThan(10);
    await world.lab.host.addAddress('enp0s3', ADDRESS);
    world.agent.signal('SIGCONT');
    await untilFlowing(a);
  });

  test('killed, and started again: the load does not notice', async () => {
    const since = Date.now();
    world.agent.signal('SIGKILL');
    await untilFlowing(a);
    await world.agent.start();
    await untilFlowing(a);
    await expectNoLeak(since);
    expect(await state(A.name)).toBe('Ready');
  });
});
