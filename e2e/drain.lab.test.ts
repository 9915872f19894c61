import { observeLoad } from '@sallyport/lab/docker/load';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilFlowing } from './support/figures.ts';
import { A, B, type Subject, until, upWorld, type World } from './support/world.ts';

/* An address that is changed to one on another uplink while a stream, a UDP flow and new connections go on. */

const NAME = 'z_drain';

let world: World;
let subject: Subject;
beforeAll(async () => {
  world = await upWorld('drain');
  await world.agent.call('createNetwork', {
    body: { name: NAME, egress: { ipv4: [A.address] }, onChange: 'drain' },
  });
  subject = await world.subject('drained', NAME, { load: true });
  await untilFlowing(subject);
});
afterAll(() => world.down());

const change = (to: typeof A | typeof B, onChange: 'reset' | 'drain' = 'drain') =>
  world.agent.call('updateNetwork', {
    params: { name: NAME },
    body: { egress: { ipv4: [to.address] }, gateway: to === B ? '192.168.56.1' : null, onChange },
  });

/** What the subject has sent to beyond the host: by whom, on which uplink, from which port. */
async function sent(since: number) {
  const packets = await world.lab.capture.packets({ since });
  return packets
    .filter(({ destination }) => destination === subject.target)
    .map(({ protocol, source, uplink, sourcePort }) => ({
      flow: `${protocol} ${source} ${sourcePort ?? ''}`,
      way: `${source} on ${uplink}`,
      protocol,
    }));
}

test('connections go on by the former address and uplink, new ones leave by the new', async () => {
  const begun = Date.now();
  await sleep(500);
  const view = await change(B);
  const acknowledged = Date.now();
  expect(view).toMatchObject({ state: 'Ready', uplink: B.uplink });
  expect(view.conditions).toContainEqual(
    expect.objectContaining({
      type: 'Draining',
      message: expect.stringContaining(A.address) as string,
    }),
  );
  await sleep(1_500);
  const before = new Set(
    (await sent(begun)).filter(({ way }) => way.startsWith(A.address)).map(({ flow }) => flow),
  );
  const after = await sent(acknowledged);
  expect(new Set(after.map(({ way }) => way))).toEqual(
    new Set([`${A.address} on ${A.uplink}`, `${B.address} on ${B.uplink}`]),
  );
  // Nothing begins by the former address any more.
  const late = after.filter(({ flow, way }) => way.startsWith(A.address) && !before.has(flow));
  expect(late).toEqual([]);
  const { stream, tcp } = await observeLoad(subject.container);
  expect(Object.keys(stream?.sources ?? {})).toEqual([A.address]);
  expect(stream?.failed).toBe(0);
  expect(tcp?.sources).toHaveProperty([B.address]);
});

test('that holds while the agent is dead, and after it has started again', async () => {
  const since = Date.now();
  world.agent.signal('SIGKILL');
  await sleep(800);
  await world.agent.start();
  await sleep(800);
  const { stream } = await observeLoad(subject.container);
  expect(Object.keys(stream?.sources ?? {})).toEqual([A.address]);
  expect(new Set((await sent(since)).map(({ way }) => way))).toEqual(
    new Set([`${A.address} on ${A.uplink}`, `${B.address} on ${B.uplink}`]),
  );
});

test('when the host loses the former address, nothing goes on by it', async () => {
  await world.removeAddress(A.uplink, `${A.address}/24`);
  const since = Date.now();
  await until('the stream has begun anew', async () => {
    const { stream } = await observeLoad(subject.container);
    return Object.keys(stream?.sources ?? {}).includes(B.address);
  });
  expect(new Set((await sent(since)).map(({ way }) => way))).toEqual(
    new Set([`${B.address} on ${B.uplink}`]),
  );
  await world.lab.host.addAddress(A.uplink, `${A.address}/24`);
});

test('negative control: with reset the same stream does not go on', async () => {
  await change(A, 'reset');
  const since = Date.now();
  await until('the stream has begun anew', async () => {
    const { stream } = await observeLoad(subject.container);
    return (stream?.sources[A.address] ?? 0) > 0;
  });
  await sleep(500);
  expect(new Set((await sent(since)).map(({ way }) => way))).toEqual(
    new Set([`${A.address} on ${A.uplink}`]),
  );
});
