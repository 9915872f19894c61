import Table from 'cli-table3';

/** Columns of aligned text, two spaces apart, no lines; numbers of cells must be equal. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  indent = '',
): string {
  const table = new Table({
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const row of head.length === 0 ? rows : [head, ...rows]) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => `${indent}${line}`.trimEnd())
    .join('\n');
}

const SIDES = ['top', 'bottom', 'left', 'right', 'mid'];
const NO_LINES = Object.fromEntries(
  [...SIDES, ...SIDES.flatMap((a) => SIDES.map((b) => `${a}-${b}`)), 'middle'].map((side) => [
    side,
    '',
  ]),
);

/** One line for each pair, values aligned; pairs without a value are left out. */
export function renderPairs(pairs: readonly (readonly [string, string])[], indent = ''): string {
  const shown = pairs.filter(([, value]) => value !== '');
  return renderTable([], shown, indent);
}
