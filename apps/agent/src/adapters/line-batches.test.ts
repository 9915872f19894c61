import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { lineBatches } from './line-batches.ts';

async function batchesOf(chunks: readonly string[]) {
  const batches: (readonly string[])[] = [];
  const stream = Readable.from(
    chunks.map((chunk) => Buffer.from(chunk)),
    { objectMode: false },
  );
  for await (const batch of lineBatches(stream)) batches.push(batch);
  return batches;
}

test('a line that comes in pieces is whole', async () => {
  expect(await batchesOf(['one\ntw', 'o\nth', 'ree\n'])).toEqual([['one'], ['two'], ['three']]);
});

test('lines that come together are handed on together, the last without its end, too', async () => {
  expect(await batchesOf(['one\ntwo\nthr', 'ee'])).toEqual([['one', 'two'], ['three']]);
});

test('nothing comes of nothing', async () => {
  expect(await batchesOf([])).toEqual([]);
});
