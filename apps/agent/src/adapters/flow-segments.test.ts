import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeFlowStore } from '../../test/contract/flow-store-contract.ts';
import { FakeFlowStore } from '../../test/fakes/fake-flow-store.ts';
import { flowOf, putAll, recordOf } from '../../test/flows/sample-flows.ts';
import { temporaryDirectory } from '../../test/temporary.ts';
import type { FlowStore } from '../ports/flows.ts';
import { createFlowSegments } from './flow-segments.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const RETENTION = { megabytes: 16, days: 3 };

describeFlowStore('files', async () =>
  createFlowSegments(join(await temporaryDirectory(), 'flows'), RETENTION),
);
describeFlowStore('fake', async () => new FakeFlowStore());

async function times(store: FlowStore): Promise<readonly number[][]> {
  const pieces: number[][] = [];
  for await (const piece of store.read({})) pieces.push(piece.map(({ at }) => at));
  return pieces;
}

test('each day has a file of its own, and files that are too old are removed', async () => {
  const folder = await temporaryDirectory();
  const store = createFlowSegments(folder, RETENTION);
  for (const day of [1, 2, 3, 4, 5, 6]) await putAll(store, [recordOf('start', day * DAY_MS)]);
  // The file of day 2 ends where that of day 3 begins, which is not more than three days ago.
  expect(await times(store)).toEqual([6, 5, 4, 3, 2].map((day) => [day * DAY_MS]));
});

test('the oldest files make room', async () => {
  const folder = await temporaryDirectory();
  const store = createFlowSegments(folder, { megabytes: 32, days: 3 });
  const many = (at: number) =>
    Array.from({ length: 40_000 }, (_, id) => recordOf('start', at, flowOf({ id })));
  for (const at of [1, 2, 3, 4]) await putAll(store, many(at));
  expect(await readdir(folder)).toEqual([2, 3, 4].map((at) => `000000000000${at}.jsonl`));
});

test('a line that a crash has torn swallows nothing', async () => {
  const folder = await temporaryDirectory();
  const first = recordOf('start', 1_000);
  await putAll(createFlowSegments(folder, RETENTION), [first]);
  const [name = ''] = await readdir(folder);
  await appendFile(join(folder, name), '{"k":"start","t":1');
  const again = createFlowSegments(folder, RETENTION);
  await putAll(again, [recordOf('end', 2_000)]);
  expect(await times(again)).toEqual([[2_000], [1_000]]);
});
