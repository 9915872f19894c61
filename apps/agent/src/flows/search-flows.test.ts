import { flowQuerySchema } from '@sallyport/contract/flows';
import { expect, test } from 'vitest';
import { FakeFlowStore } from '../../test/fakes/fake-flow-store.ts';
import { flowOf, putAll, recordOf } from '../../test/flows/sample-flows.ts';
import type { FlowRecord } from '../ports/flows.ts';
import { searchFlows } from './search-flows.ts';

const WHO = { address: '192.168.4.153', port: 34_567 };

async function search(records: readonly FlowRecord[], query: object = WHO) {
  const store = new FakeFlowStore();
  await putAll(store, records);
  return searchFlows(store, flowQuerySchema.parse(query));
}

const gapAt = (at: number): FlowRecord => ({ kind: 'gap', at, reason: 'the agent began to watch' });
const unseen = (at: number) => ({ ...recordOf('open', at), startedAt: null });

test('joins beginning and end', async () => {
  const { flows } = await search([recordOf('start', 1_000), recordOf('end', 2_000)]);
  expect(flows).toMatchObject([
    { startedAt: 1_000, endedAt: 2_000, endedBefore: null, sent: { packets: 5 } },
  ]);
});

test('the same number used again is another flow', async () => {
  const again = { ...recordOf('start', 3_000), startedAt: 3_000 };
  const { flows } = await search([recordOf('start', 1_000), recordOf('end', 2_000), again]);
  expect(flows).toMatchObject([
    { startedAt: 3_000, endedAt: null, endedBefore: null },
    { startedAt: 1_000, endedAt: 2_000 },
  ]);
});

test.each([
  ['before it began', { until: 999 }, 0],
  ['after it ended', { since: 2_001 }, 0],
  ['while it lived', { since: 1_500, until: 1_500 }, 1],
  ['another port', { port: 34_568 }, 0],
  ['another network', { network: 'z_custom_b' }, 0],
  ['another container', { container: 'beta' }, 0],
  ['its container', { container: 'alpha' }, 1],
])('%s: %o', async (_, conditions, found) => {
  const records = [recordOf('start', 1_000), recordOf('end', 2_000)];
  const { flows } = await search(records, { ...WHO, ...conditions });
  expect(flows).toHaveLength(found);
});

test('a flow that is not there after a gap has ended before it', async () => {
  const { flows, gaps } = await search([recordOf('start', 1_000), gapAt(5_000)]);
  expect(flows).toMatchObject([{ endedAt: null, endedBefore: 5_000 }]);
  expect(gaps).toMatchObject([{ at: 5_000 }]);
});

test('a flow that is still there after a gap lives, and has its own beginning', async () => {
  const { flows } = await search([recordOf('start', 1_000), gapAt(5_000), unseen(5_001)]);
  expect(flows).toMatchObject([{ startedAt: 1_000, endedAt: null, endedBefore: null }]);
});

test('a flow of before the log is known from when it was seen, also by its end', async () => {
  const end = { ...recordOf('end', 9_000), startedAt: null };
  const { flows } = await search([gapAt(5_000), unseen(5_001), end], { ...WHO, until: 6_000 });
  expect(flows).toMatchObject([{ startedAt: null, seenAt: 5_001, endedAt: 9_000 }]);
});

test('gives the newest where there are more', async () => {
  const records = [1, 2, 3].map((id) => ({
    ...recordOf('start', id * 1_000, flowOf({ id })),
    startedAt: id * 1_000,
  }));
  const { flows } = await search(records, { limit: 2 });
  expect(flows.map(({ startedAt }) => startedAt)).toEqual([3_000, 2_000]);
});
