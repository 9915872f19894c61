import type { Row } from './scenario.ts';

/** The table that a run prints at its end. */
export function printRows(rows: readonly Row[]): void {
  console.table(
    rows.map(({ id, title, sent, delivered, leaked, gapMs, repairMs }) => ({
      id,
      scenario: title,
      sent,
      delivered,
      leaked,
      'longest gap ms': gapMs ?? '',
      'repair ms': repairMs ?? '',
    })),
  );
}
