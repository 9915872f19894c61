import { type Prefix, type PrefixRange, prefixHolding, prefixRange } from '@sallyport/core/prefix';

/** One dimension of an element: a range of addresses, or a name. */
type Side = Pick<PrefixRange, 'first' | 'last'> | string;

/** An element of an interval set, taken apart at the dots of a concatenation. */
export interface Box {
  readonly text: string;
  readonly sides: readonly Side[];
}

/** @param key an element without a map's value, for example `10.0.0.0/24 . "enp0s3"` */
export function boxOf(key: string): Box {
  return { text: key, sides: key.split(' . ').map(sideOf) };
}

function sideOf(text: string): Side {
  // Names stand in quotes, and marks and protocols are never compared as ranges.
  if (!/^[\da-f:.]+(?:[/-][\da-f:.]+)?$/.test(text)) return text;
  const [first = '', last] = text.split('-');
  if (last === undefined) return rangeOf(first);
  return { first: rangeOf(first).first, last: rangeOf(last).last };
}

function rangeOf(text: string): PrefixRange {
  if (text.includes('/')) return prefixRange(text as Prefix);
  return prefixRange(prefixHolding(text, text.includes(':') ? 128 : 32));
}

/**
 * Two elements, in order of arrival, that the kernel does not take into one interval set; or null. Of
 * single addresses it takes no overlap at all. Of concatenations it looks up the first and the last
 * corner of what arrives (nft_pipapo_insert), so a wider element may follow a narrower one.
 */
export function findOverlap(boxes: readonly Box[]): readonly [Box, Box] | null {
  // Sorted by their first range, so that 1,000 prefixes are compared with their neighbours only.
  const sorted = boxes
    .map((box, arrival) => ({ box, arrival, range: firstRange(box) }))
    .toSorted((a, b) => (a.range.first < b.range.first ? -1 : 1));
  for (const [index, one] of sorted.entries()) {
    for (let next = index + 1; next < sorted.length; next++) {
      const other = sorted[next];
      if (other === undefined || other.range.first > one.range.last) break;
      const [old, late] = one.arrival < other.arrival ? [one, other] : [other, one];
      if (clash(old.box, late.box)) return [old.box, late.box];
    }
  }
  return null;
}

function firstRange({ sides }: Box): Exclude<Side, string> {
  return sides.find((side) => typeof side !== 'string') ?? { first: 0n, last: 0n };
}

function clash(old: Box, late: Box): boolean {
  if (old.text === late.text) return false;
  if (late.sides.length > 1) return holds(old, late, 'first') || holds(old, late, 'last');
  return holds(old, late, 'first') || holds(late, old, 'first');
}

/** Whether a box holds a corner of another one. */
function holds({ sides }: Box, other: Box, corner: 'first' | 'last'): boolean {
  return sides.every((side, index) => {
    const point = other.sides[index];
    if (typeof side === 'string' || typeof point === 'string' || point === undefined)
      return side === point;
    return side.first <= point[corner] && point[corner] <= side.last;
  });
}
