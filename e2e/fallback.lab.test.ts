import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { A, B, flowOf, type Subject, told, until, upWorld, type World } from './support/world.ts';

/* An address that stands in, only where an administrator lists it; a router that falls silent and comes back. */

const LISTED = 'z_listed';
const ALONE = 'z_alone';
const ROUTER = '192.168.4.1';
/** Three questions in a row, and what a loaded machine adds. */
const NOTICED_MS = 30_000;
const BACK_MS = 60_000;

let world: World;
let listed: Subject;
/** The control: the same address, and nothing that stands in. */
let alone: Subject;

beforeAll(async () => {
  world = await upWorld('fallback');
  const own = { ipv4: [A.address] };
  await world.agent.call('createNetwork', {
    body: { name: LISTED, egress: own, fallback: [B.address], gateway: B.gateway },
  });
  await world.agent.call('createNetwork', { body: { name: ALONE, egress: own } });
  listed = await world.subject('listed', LISTED);
  alone = await world.subject('alone', ALONE);
});
afterAll(() => world.down());

const show = () => world.agent.call('showNetwork', { params: { name: LISTED } });
const ask = ({ container, target }: Subject) =>
  container.traffic('udp', ['--target', target, '--timeout', '1']);
const leavesBy = (address: string, timeoutMs: number) =>
  until(`it leaves by ${address}`, async () => (await show()).leaving === address, timeoutMs);
const expectBy = async (place: typeof A | typeof B): Promise<void> => {
  const since = Date.now();
  await until('it is answered', async () => (await ask(listed)).ok);
  expect(told(await world.leaks(since, [flowOf(listed, place)]))).toBe('');
  expect(await world.packetsTo(listed.target, since)).toBeGreaterThan(0);
};
/** Whether the router beyond answers questions for its address. */
const answering = (does: boolean) =>
  world.lab.wan.exec('ip', ['link', 'set', 'wA', 'arp', does ? 'on' : 'off']);

test('while its own address can be used nothing stands in', async () => {
  await expectBy(A);
  expect(await show()).toMatchObject({ state: 'Ready', leaving: A.address, uplink: A.uplink });
});

test('when the address goes, the listed one stands in at once; the other network stops', async () => {
  await world.removeAddress(A.uplink, `${A.address}/24`);
  await leavesBy(B.address, 10_000);
  const since = Date.now();
  await expectBy(B);
  expect((await ask(alone)).ok).toBe(false);
  expect(await world.packetsTo(alone.target, since)).toBe(0);
  expect((await show()).reason).toContain(`stands in for ${A.address}`);
  const verified = await world.agent.call('verify', {
    body: { networks: [LISTED], echo: ['http://198.51.100.10/'] },
  });
  expect(verified).toMatchObject([{ ok: true, expected: B.address, observed: B.address }]);
});

test('when it is back the network waits, and then goes back', async () => {
  await world.lab.host.addAddress(A.uplink, `${A.address}/24`);
  await sleep(3_000);
  await expectBy(B);
  await leavesBy(A.address, BACK_MS);
  await expectBy(A);
});

test('when its router does not answer any more, it leaves by the listed one, and an event says why', async () => {
  await answering(false);
  await leavesBy(B.address, NOTICED_MS);
  await expectBy(B);
  expect((await show()).reason).toContain(`gateway ${ROUTER} on enp0s3 does not answer`);
  await answering(true);
  await leavesBy(A.address, BACK_MS);
  await expectBy(A);
  const events = await world.agent.call('events', { query: { limit: 200 } });
  const changes = events.filter(
    ({ kind, network }) => kind === 'network.fallback' && network === LISTED,
  );
  expect(changes.map(({ message }) => message.split(':')[0])).toEqual([
    `leaves by ${B.address} now`,
    `leaves by ${A.address} now`,
    `leaves by ${B.address} now`,
    `leaves by ${A.address} now`,
  ]);
});

test('an address that is not listed never stands in, whatever goes', async () => {
  const since = Date.now();
  await world.agent.call('updateNetwork', {
    params: { name: LISTED },
    body: { fallback: [], gateway: null },
  });
  await world.removeAddress(A.uplink, `${A.address}/24`);
  expect((await ask(listed)).ok).toBe(false);
  expect(told(await world.leaks(since, [flowOf(listed, A)]))).toBe('');
  expect(await show()).toMatchObject({ state: 'Blocked', leaving: null });
});
