import { join } from 'node:path';
import type { Document } from '@sallyport/contract/document';
import { AGENT } from '@sallyport/lab/agent-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { healAgent } from './leaks/stage.ts';
import { untilFlowing } from './support/figures.ts';
import { pictureHost } from './support/host-picture.ts';
import { withoutProtection } from './support/protection.ts';
import { A, B, flowOf, type Subject, told, until, upWorld, type World } from './support/world.ts';

/*
 * The agent dies at every step of every kind of change. After its next start the host is what is stored,
 * which is either what was before the wish or what was wished for, and nothing in between; and what the
 * containers sent meanwhile left as it should.
 */

const PROGRAM = join(import.meta.dirname, '..', 'apps', 'agent', 'test', 'kill-points', 'main.ts');
const OTHER = '192.168.4.53';
/** More than any change has; a loop that gets here does not end. */
const TOO_MANY = 60;
const TIMEOUT_MS = 300_000;

let world: World;
let a: Subject;
let b: Subject;

beforeAll(async () => {
  world = await upWorld('kill');
  await world.createGuideNetworks();
  a = await world.subject('load-a', A.name, { load: true });
  b = await world.subject('load-b', B.name, { load: true });
  await Promise.all([untilFlowing(a), untilFlowing(b)]);
});

afterAll(() => world.down());

/** The agent with a point at which it dies; at none for `null`. */
async function startKilling(point: number | null): Promise<void> {
  const killing = [process.execPath, PROGRAM, String(point)];
  await world.agent.start(point === null ? AGENT : killing);
  await healAgent(world);
}

interface Change {
  readonly kind: string;
  /** Makes the host as it is before the change. */
  readonly prepare: () => Promise<unknown>;
  readonly change: () => Promise<unknown>;
}

const ignore = (): undefined => undefined;
const egress = (address: string) => ({ ipv4: [address] });
const KILLED = 'z_killed';

const create = () =>
  world.agent.call('createNetwork', { body: { name: KILLED, egress: egress(A.address) } });
const remove = (name: string) => world.agent.call('deleteNetwork', { params: { name } });
const update = (address: string, rate: number | null = null) =>
  world.agent.call('updateNetwork', {
    params: { name: A.name },
    body: { egress: egress(address), bandwidth: { upload: rate, download: rate } },
  });

const HAND = 'z_hand';
const SUBNET = '172.30.0.0/16';
const RULE = ['-s', SUBNET, '!', '-o', HAND, '-j', 'SNAT', '--to-source', OTHER];

async function makeByHand(): Promise<void> {
  await remove(HAND).catch(ignore);
  await world.lab.docker(['network', 'rm', HAND]).catch(ignore);
  await world.lab.host.tryExec('iptables', ['-t', 'nat', '-D', 'POSTROUTING', ...RULE]);
  const bridge = `com.docker.network.bridge.name=${HAND}`;
  await world.lab.docker(['network', 'create', '--opt', bridge, '--subnet', SUBNET, HAND]);
  await world.host('iptables', '-t', 'nat', '-A', 'POSTROUTING', ...RULE);
}

/** The document with one network more, one less, and one changed. */
async function applyOther(): Promise<unknown> {
  const { networks } = await world.agent.call('exportDocument', {});
  const kept = networks.filter(({ name }) => name !== KILLED);
  const changed = kept.map((each) =>
    each.name === A.name ? { ...each, egress: { ...each.egress, ...egress(OTHER) } } : each,
  );
  const more = { name: 'z_more', egress: egress(A.address) };
  const document = { networks: [...changed, more] } as Document;
  return world.agent.call('apply', { body: { document, prune: true } });
}

const CHANGES: readonly Change[] = [
  { kind: 'create', prepare: () => remove(KILLED).catch(ignore), change: create },
  { kind: 'update', prepare: () => update(A.address), change: () => update(OTHER, 50_000_000) },
  { kind: 'delete', prepare: () => create().catch(ignore), change: () => remove(KILLED) },
  {
    kind: 'adopt',
    prepare: makeByHand,
    change: () =>
      world.agent.call('adoptNetwork', { params: { name: HAND }, body: { egress: egress(OTHER) } }),
  },
  {
    kind: 'apply',
    prepare: async () => {
      await remove('z_more').catch(ignore);
      await update(A.address);
      await create().catch(ignore);
    },
    change: applyOther,
  },
];

/** What is desired, and what is there. */
interface Picture {
  readonly document: string;
  readonly host: string;
}

async function takePicture(): Promise<Picture> {
  const document = await world.agent.call('exportDocument', {});
  return { document: JSON.stringify(document), host: await pictureHost(world) };
}

async function prepared({ prepare }: Change): Promise<Picture> {
  await prepare();
  await healAgent(world);
  // A bridge is seen before Docker tells whose it is; until then it is taken for an uplink.
  await world.agent.call('reconcile', {});
  await until('it rests', rests);
  return takePicture();
}

/** Either address, since a wish that was not answered may have been carried out. */
const either = () => [{ ...flowOf(a, A), sources: [A.address, OTHER] }, flowOf(b, B)];

test.each(CHANGES)('killed at every step of: $kind', { timeout: TIMEOUT_MS }, async (change) => {
  const begun = Date.now();
  await prepared(change);
  await change.change();
  await healAgent(world);
  const done = await takePicture();
  const before = await prepared(change);
  const outcomes: string[] = [];
  /** Whether the agent died there, as it does for as long as the change has so many points. */
  const killedAt = async (point: number): Promise<boolean> => {
    world.agent.signal('SIGKILL');
    await startKilling(point);
    expect(await prepared(change)).toEqual(before);
    world.agent.signal('SIGUSR2');
    await change.change().catch(ignore);
    // What is done beside the answer, and after it, is part of the change.
    await until('it is dead or rests', async () => !world.agent.alive || (await rests())).catch(
      ignore,
    );
    if (world.agent.alive) return false;
    await startKilling(null);
    const picture = await takePicture();
    const wanted = picture.document === before.document ? before : done;
    expect(picture, `${change.kind}, killed at point ${point}`).toEqual(wanted);
    outcomes.push(wanted === before ? 'before' : 'done');
    return true;
  };
  // Odd points are before a step, and after one is before the next: all but the very last.
  let point = 1;
  while (point < TOO_MANY && (await killedAt(point))) point += 2;
  await killedAt(point - 1);
  world.agent.signal('SIGKILL');
  await startKilling(null);
  console.log(`${change.kind}: killed at ${outcomes.length} points: ${outcomes.join(' ')}`);
  expect(outcomes.length).toBeGreaterThan(3);
  expect(outcomes).toContain('done');
  await Promise.all([untilFlowing(a), untilFlowing(b)]);
  expect(told(await world.containerLeaks(begun, either()))).toBe('');
});

async function rests(): Promise<boolean> {
  const at = async () => (await world.agent.call('host', {})).agent.lastReconcile?.at ?? 0;
  return at().then(
    (last) => Date.now() - last > 400,
    () => false,
  );
}

test('negative control: an agent that dies with nothing in place is seen', async () => {
  await healAgent(world);
  await withoutProtection(world);
  const since = Date.now();
  const seen = async () => told(await world.containerLeaks(since, either()));
  await until('packets leak', async () => (await seen()) !== '');
  expect(await seen()).toContain(' 10.208.0.');
  await healAgent(world);
});
