import { expect, test } from 'vitest';
import { observeMemory, slopeOf } from './memory.ts';

const samples = (...mebibytes: readonly number[]) =>
  mebibytes.map((each, index) => ({ at: index * 60_000, mebibytes: each }));

test('flat memory has no slope, growing memory has that of its line', () => {
  expect(slopeOf(samples(100, 100, 100))).toBe(0);
  expect(slopeOf(samples(100, 101, 102))).toBeCloseTo(60);
  expect(slopeOf(samples(100, 98))).toBeCloseTo(-120);
  expect(slopeOf([])).toBe(0);
});

test('this process has some memory, and one that is not there has none', async () => {
  expect((await observeMemory(process.pid))?.mebibytes).toBeGreaterThan(10);
  expect(await observeMemory(2 ** 30)).toBeNull();
});
