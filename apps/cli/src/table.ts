import { stripVTControlCharacters } from 'node:util';

/**
 * Columns of aligned text, two spaces apart, no lines. Not by a library: cli-table3 costs 45 ms of
 * CPU at each start, and cells are names, addresses and sentences, one column a character.
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  indent = '',
): string {
  const lines = head.length === 0 ? rows : [head, ...rows];
  const columns = Math.max(0, ...lines.map((cells) => cells.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    lines.reduce((most, cells) => Math.max(most, widthOf(cells[column] ?? '')), 0),
  );
  return lines
    .map((cells) => cells.map((cell, column) => padded(cell, widths[column] ?? 0)).join('  '))
    .map((line) => `${indent}${line}`.trimEnd())
    .join('\n');
}

/** One line for each pair, values aligned; pairs without a value are left out. */
export function renderPairs(pairs: readonly (readonly [string, string])[], indent = ''): string {
  const shown = pairs.filter(([, value]) => value !== '');
  return renderTable([], shown, indent);
}

/** Colour takes no place. */
function widthOf(cell: string): number {
  return Array.from(stripVTControlCharacters(cell)).length;
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(width - widthOf(cell));
}
