import { parseCidr4, range4 } from '@sallyport/core/cidr4';

/** One dimension of an element: a range of addresses, or a name. */
type Side = { readonly first: number; readonly last: number } | string;

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
  if (!/^\d/.test(text)) return text;
  return range4(parseCidr4(text.includes('/') ? text : `${text}/32`));
}

/** Two elements that overlap without being the same, which the kernel takes in no interval set; or null. */
export function findOverlap(boxes: readonly Box[]): readonly [Box, Box] | null {
  // Sorted by their first range, so that 1,000 prefixes are compared with their neighbours only.
  const sorted = boxes
    .map((box) => ({ box, range: firstRange(box) }))
    .toSorted((a, b) => a.range.first - b.range.first);
  for (const [index, { box, range }] of sorted.entries()) {
    for (let next = index + 1; next < sorted.length; next++) {
      const other = sorted[next];
      if (other === undefined || other.range.first > range.last) break;
      if (other.box.text !== box.text && overlap(box, other.box)) return [box, other.box];
    }
  }
  return null;
}

function firstRange({ sides }: Box): { readonly first: number; readonly last: number } {
  return sides.find((side) => typeof side !== 'string') ?? { first: 0, last: 0 };
}

function overlap(a: Box, b: Box): boolean {
  return a.sides.every((side, index) => {
    const other = b.sides[index];
    if (typeof side === 'string' || typeof other === 'string' || other === undefined)
      return side === other;
    return side.first <= other.last && other.first <= side.last;
  });
}
