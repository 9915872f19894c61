import type { PrefixRange } from './prefix.ts';

/** What a prefix says about its addresses. */
export interface PrefixRule<V> {
  readonly range: Pick<PrefixRange, 'first' | 'last'>;
  readonly verdict: V;
}

/** Addresses that one verdict holds for, first and last included. */
export interface Interval<V> {
  readonly first: bigint;
  readonly last: bigint;
  readonly verdict: V;
}

/**
 * Which rule decides for which addresses when the longest prefix wins, as disjoint intervals in order:
 * sets of nftables hold ranges and know no longest prefix. Of equal prefixes the last one counts.
 * Neighbouring intervals with the same verdict are one. Addresses in no prefix are in no interval.
 */
export function longestPrefixIntervals<V>(rules: readonly PrefixRule<V>[]): readonly Interval<V>[] {
  const found: Interval<V>[] = [];
  /** Prefixes that the sweep is in, the longest last: prefixes lie within one another or apart. */
  const open: PrefixRule<V>[] = [];
  let next = 0n;
  const reach = (last: bigint): void => {
    const verdict = open.at(-1)?.verdict;
    if (verdict !== undefined && next <= last) append(found, { first: next, last, verdict });
    next = last + 1n;
  };
  const leaveUntil = (first: bigint): void => {
    for (let top = open.at(-1); top !== undefined && top.range.last < first; top = open.at(-1)) {
      reach(top.range.last);
      open.pop();
    }
  };
  for (const rule of inOrder(rules)) {
    leaveUntil(rule.range.first);
    reach(rule.range.first - 1n);
    open.push(rule);
  }
  leaveUntil((open[0]?.range.last ?? 0n) + 1n);
  return found;
}

/** By first address, the shorter prefix before the longer one; of equal prefixes the last one alone. */
function inOrder<V>(rules: readonly PrefixRule<V>[]): readonly PrefixRule<V>[] {
  const last = new Map(rules.map((rule) => [`${rule.range.first}-${rule.range.last}`, rule]));
  return [...last.values()].toSorted(
    (a, b) => compare(a.range.first, b.range.first) || compare(b.range.last, a.range.last),
  );
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function append<V>(found: Interval<V>[], interval: Interval<V>): void {
  const before = found.at(-1);
  if (
    before === undefined ||
    before.verdict !== interval.verdict ||
    before.last + 1n !== interval.first
  )
    found.push(interval);
  else found[found.length - 1] = { ...before, last: interval.last };
}
