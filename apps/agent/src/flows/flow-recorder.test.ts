import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { FakeFlowStore } from '../../test/fakes/fake-flow-store.ts';
import { FakeFlowTracker } from '../../test/fakes/fake-flow-tracker.ts';
import { flowOf } from '../../test/flows/sample-flows.ts';
import { PortBook } from '../accounting/port-use.ts';
import { Totals } from '../accounting/totals.ts';
import { FlowRecorder } from './flow-recorder.ts';

const recorders: FlowRecorder[] = [];
afterEach(async () => {
  for (const recorder of recorders.splice(0)) await recorder.stop();
});

/** A recorder for one network, of which alpha is the container, or who is said to be. */
async function record() {
  const tracker = new FakeFlowTracker();
  const store = new FakeFlowStore();
  const totals = new Totals();
  const ports = new PortBook();
  const onFailure = vi.fn<(error: unknown) => void>();
  const holder = { id: 'c0ffee', name: 'alpha' };
  const recorder = new FlowRecorder({
    tracker,
    store,
    totals,
    ports,
    clock: { now: () => 9_000, id: () => 'id' },
    networkOf: ({ source }) => (source.address.startsWith('172.19.') ? 'z_custom_a' : null),
    holderOf: () => (holder.id === '' ? null : { ...holder }),
    onSynced: () => undefined,
    onFailure,
  });
  recorders.push(recorder);
  recorder.start();
  const settle = async () => {
    for (let round = 0; round < 20; round++) await turn();
    await recorder.flush();
    return store.records.map(({ kind }) => kind);
  };
  await settle();
  // The first look at living flows.
  await sleep(20);
  return { tracker, store, totals, ports, holder, settle, onFailure };
}

test('a flow has a record of its beginning and of its end, and is counted', async () => {
  const { tracker, store, totals, settle } = await record();
  tracker.begin(flowOf(), 1_000);
  tracker.end(flowOf(), 2_000);
  expect(await settle()).toEqual(['gap', 'start', 'end']);
  const container = { id: 'c0ffee', name: 'alpha' };
  expect(store.records.at(-1)).toMatchObject({ at: 2_000, startedAt: 1_000, container });
  expect(totals.networks.get('z_custom_a')).toEqual({
    sent: { packets: 5, bytes: 320 },
    received: { packets: 4, bytes: 4_000 },
    flows: 1,
  });
});

test('the end belongs to who began it, although the address has another holder', async () => {
  const { tracker, store, holder, settle } = await record();
  tracker.begin(flowOf(), 1_000);
  await settle();
  holder.name = 'beta';
  tracker.end(flowOf(), 2_000);
  await settle();
  expect(store.records.at(-1)).toMatchObject({ kind: 'end', container: { name: 'alpha' } });
});

test('what is not of a managed network is not recorded', async () => {
  const { tracker, totals, settle } = await record();
  const other = flowOf({ source: { address: '172.17.0.2' } });
  tracker.begin(other, 1_000);
  tracker.end(other, 2_000);
  expect(await settle()).toEqual(['gap']);
  expect(totals.networks.size).toBe(0);
});

test('a loss is told', async () => {
  const { tracker, settle, onFailure } = await record();
  tracker.begin(flowOf(), 1_000);
  await settle();
  tracker.lose({ begins: flowOf({ id: 2 }) }, 2_000);
  expect(await settle()).toEqual(['gap', 'start', 'gap']);
  expect(onFailure).toHaveBeenCalledOnce();
});

test('living flows take ports, and ended ones give them back', async () => {
  const { tracker, ports, settle } = await record();
  tracker.begin(flowOf(), 1_000);
  tracker.begin(flowOf({ id: 2, leaving: { port: 34_568 } }), 1_000);
  await settle();
  expect(ports.busiest()).toMatchObject([{ used: 2 }]);
  tracker.end(flowOf(), 2_000);
  await settle();
  expect(ports.busiest()).toMatchObject([{ used: 1 }]);
});

test('what can not be written in time is told as a gap', async () => {
  const { tracker, store, settle } = await record();
  store.waiting = 1024 ** 3;
  tracker.begin(flowOf(), 1_000);
  expect(await settle()).toEqual(['gap', 'gap']);
  const reason = '1 records were more than could be written in time';
  expect(store.records.at(-1)).toMatchObject({ kind: 'gap', reason });
});

test('a flow whose container Docker has not told of yet waits for it', async () => {
  const { tracker, store, holder, settle } = await record();
  const known = { ...holder };
  holder.id = '';
  tracker.begin(flowOf(), 1_000);
  for (let round = 0; round < 20; round++) await turn();
  expect(store.waiting).toBe(0);
  Object.assign(holder, known);
  expect(await settle()).toEqual(['gap', 'start']);
  expect(store.records.at(-1)).toMatchObject({ at: 1_000, container: known });
});
