import { expect, test } from 'vitest';
import { measureLists } from './lists.ts';

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
