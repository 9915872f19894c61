import { addressText, type Prefix, prefixRange } from './prefix.ts';

/** Where IPv6 subnets come from: a prefix cut into equal parts. */
export interface SubnetPool6 {
  readonly prefix: Prefix;
  /** Prefix length of each part. */
  readonly size: number;
}

/** The lowest part of the pool that overlaps nothing that is taken, or null when there is none. */
export function allocateSubnet6(pool: SubnetPool6, taken: readonly Prefix[]): Prefix | null {
  const { first, last } = prefixRange(pool.prefix);
  const step = 2n ** BigInt(128 - pool.size);
  const ranges = taken
    .map(prefixRange)
    .filter(({ family }) => family === 'ipv6')
    .toSorted((a, b) => (a.first < b.first ? -1 : 1));
  let start = first;
  for (const range of ranges) {
    if (range.last < start) continue;
    if (range.first >= start + step) break;
    start = (range.last / step + 1n) * step;
  }
  return start + step - 1n <= last
    ? (`${addressText('ipv6', start)}/${pool.size}` as Prefix)
    : null;
}
