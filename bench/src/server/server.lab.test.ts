import { expect, test } from 'vitest';
import { measureFlows } from './flows.ts';
import { measureLists } from './lists.ts';
import { measureStart } from './start.ts';

test('lists: every page is read in both databases, and nothing is missing or twice', async () => {
  const { figures, lists } = await measureLists({ sessions: 1_000, rounds: 1, idleMs: 100 });
  expect(new Set(lists.map(({ database }) => database))).toEqual(new Set(['SQLite', 'PostgreSQL']));
  const hundreds = lists.filter(({ list }) => list === 'sessions, 100 a page');
  expect(hundreds.map(({ pages }) => pages)).toEqual([10, 10]);
  for (const { p50, p95, worst } of lists) {
    expect(p50).toBeGreaterThan(0);
    expect(p95).toBeGreaterThanOrEqual(p50);
    expect(worst).toBeGreaterThanOrEqual(p95);
  }
  const targets = figures.filter(({ target }) => target !== '');
  expect(targets).toHaveLength(lists.length);
}, 120_000);

test('start: both contenders come to their end, and the parts make the whole', async () => {
  const { figures, starts } = await measureStart(1);
  const [ours = 0] = starts.sallyport;
  const [raw = 0] = starts.raw;
  expect(raw).toBeGreaterThan(50);
  const parts = figures
    .filter(({ name }) => name.startsWith('of it '))
    .map(({ measured }) => Number.parseFloat(measured));
  expect(parts).toHaveLength(4);
  expect(parts.reduce((sum, part) => sum + part, 0) / ours).toBeCloseTo(1, 1);
}, 300_000);

test('flows: every question is answered from the log', async () => {
  const { lists } = await measureFlows({ flows: 500, rounds: 2 });
  expect(lists.map(({ pages }) => pages)).toEqual([2, 2, 2]);
}, 120_000);
