import type { Violation } from '@sallyport/contract/violations';
import type { Style } from '../style.ts';

/** Each with its sentence and its remedy, a line each. */
export function renderViolations(
  style: Style,
  violations: readonly Violation[],
  indent = '',
): string {
  return violations
    .flatMap(({ kind, network, message, remedy, blocked, since }) => [
      `${style('red', kind)}  ${network ?? '-'}  since ${new Date(since).toISOString()}${blocked ? '  (stopped)' : ''}`,
      `  ${message}`,
      `  ${style('dim', remedy)}`,
    ])
    .map((line) => `${indent}${line}`)
    .join('\n');
}
