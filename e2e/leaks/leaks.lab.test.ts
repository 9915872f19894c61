import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GROUPS } from './catalogue.ts';
import type { OpenGroup } from './group.ts';
import { printRows } from './report.ts';
import type { Row } from './scenario.ts';

/* The short form of `npm run test:leaks`: every scenario and its negative control, with shorter loads. */

const TIMEOUT_MS = 120_000;

describe.each(GROUPS)('$name', ({ scenarios, open }) => {
  let group: OpenGroup;
  const rows: Row[] = [];

  beforeAll(async () => {
    group = await open({ long: false });
  });

  afterAll(async () => {
    printRows(rows);
    await group.down();
  });

  for (const [index, { id, title, without }] of scenarios.entries()) {
    test(`${id} ${title}`, { timeout: TIMEOUT_MS }, async () => {
      const row = await group.play(index);
      rows.push(row);
      expect(row.leaks).toBe('');
    });
    test(`${id} ${title}: negative control without ${without}`, {
      timeout: TIMEOUT_MS,
    }, async () => {
      expect(await group.playControl(index)).not.toBe('');
    });
  }
});
