import { setTimeout as sleep } from 'node:timers/promises';
import { observeLoad } from '@sallyport/lab/docker/load';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { untilFlowing } from './support/figures.ts';
import { A, B, flowOf, type Subject, told, until, upWorld, type World } from './support/world.ts';

/* Networks that somebody made by hand are taken over while their containers go on. */

let world: World;

beforeAll(async () => {
  world = await upWorld('adopt');
});

afterEach(() => {
  world.agent.signal('SIGCONT');
});

afterAll(() => world.down());

const SUBNET = '172.30.0.0/16';
const RULE = ['-s', SUBNET, '!', '-o', 'z_hand', '-j', 'SNAT', '--to-source', B.address];
const adoptB = { egress: { ipv4: [B.address] }, gateway: B.gateway };

async function makeByHand(name: string, subnet: string, masquerade: boolean): Promise<void> {
  await world.lab.docker([
    'network',
    'create',
    '--opt',
    `com.docker.network.bridge.name=${name}`,
    '--opt',
    `com.docker.network.bridge.enable_ip_masquerade=${masquerade}`,
    '--subnet',
    subnet,
    name,
  ]);
}

test('the guide’s network and rule: found, shown, adopted under traffic, the rule removed last', async () => {
  await makeByHand('z_hand', SUBNET, false);
  await world.host('iptables', '-t', 'nat', '-A', 'POSTROUTING', ...RULE);
  const subject: Subject = await world.subject('by-hand', 'z_hand', { load: true });
  await untilFlowing(subject);

  const [found] = await world.agent.call('listAdoptable', {});
  expect(found).toMatchObject({
    name: 'z_hand',
    subnet: SUBNET,
    egressIp: B.address,
    obstacle: null,
  });
  const doctor = await world.agent.call('doctor', {});
  expect(doctor.find(({ check }) => check === 'made-by-hand')?.remedy).toContain('adopt z_hand');

  const before = Date.now();
  // Negative control: by hand it leaves by the wrong uplink, and the oracle sees it.
  await sleep(300);
  expect(told(await world.leaks(before, [flowOf(subject, B)]))).toContain('wrong-uplink');

  const view = await world.agent.call('adoptNetwork', { params: { name: 'z_hand' }, body: adoptB });
  const adopted = Date.now();
  expect(view).toMatchObject({ state: 'Ready', origin: 'adopted', uplink: 'enp0s8' });
  await untilFlowing(subject);
  await sleep(500);
  expect(told(await world.leaks(adopted, [flowOf(subject, B)]))).toBe('');
  expect(await world.host('iptables', '-t', 'nat', '-S', 'POSTROUTING')).not.toContain(SUBNET);

  const { stream, tcp } = await observeLoad(subject.container);
  expect(Object.keys(stream?.sources ?? {})).toEqual([B.address]);
  expect(stream?.failed).toBe(0);
  console.log(
    `adopted under traffic: longest gap ${tcp?.longestGapMs} ms (tcp), ${stream?.longestGapMs} ms (stream)`,
  );
});

// Docker's masquerade takes the first address of enp0s3, 192.168.4.53, where the egress address is another.
test('with Docker’s masquerade present, a deleted element is stopped by the guard and repaired', async () => {
  await makeByHand('masked', '172.29.0.0/16', true);
  const view = await world.agent.call('adoptNetwork', {
    params: { name: 'masked' },
    body: { egress: { ipv4: [A.address] } },
  });
  expect(view.conditions.find(({ type }) => type === 'Masquerade')?.ok).toBe(false);
  const subject = await world.subject('masked-load', 'masked', { load: true });
  await untilFlowing(subject);

  const element = ['element', 'inet', 'sallyport', 'snat4', `{ 172.29.0.0/16 : ${A.address} }`];
  world.agent.signal('SIGSTOP');
  const since = Date.now();
  await world.host('nft', 'delete', ...element);
  await sleep(700);
  expect(told(await world.containerLeaks(since, [flowOf(subject, A)]))).toBe('');

  // Negative control: without the guard Docker's masquerade is seen at once.
  await world.host('nft', 'flush', 'chain', 'inet', 'sallyport', 'guard');
  const open = Date.now();
  await sleep(700);
  expect(told(await world.containerLeaks(open, [flowOf(subject, A)]))).toContain('wrong-source');

  world.agent.signal('SIGCONT');
  const closed = await until('the element is back', async () =>
    (await world.host('nft', 'list', 'map', 'inet', 'sallyport', 'snat4')).includes(
      '172.29.0.0/16',
    ),
  );
  await sleep(200);
  const repaired = Date.now();
  await untilFlowing(subject);
  expect(told(await world.containerLeaks(repaired, [flowOf(subject, A)]))).toBe('');
  console.log(`repaired ${Math.round(closed)} ms after the agent went on`);
});

test('what can not be adopted is refused with its reason', async () => {
  await world.lab.docker(['network', 'create', '--internal', 'inside']);
  for (const [name, reason] of [
    ['inside', /internal/],
    ['bridge', /reserved/],
    ['nowhere', /no network nowhere/],
  ] as const) {
    await expect(
      world.agent.call('adoptNetwork', { params: { name }, body: adoptB }),
      name,
    ).rejects.toThrow(reason);
  }
});
