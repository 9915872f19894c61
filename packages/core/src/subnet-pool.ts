import { type Cidr4, cidr4, prefixLength, range4 } from './cidr4.ts';
import { ipv4FromNumber } from './ipv4.ts';

/** Where subnets come from: a prefix cut into equal parts. */
export interface SubnetPool {
  readonly prefix: Cidr4;
  /** Prefix length of each part. */
  readonly size: number;
}

/** How many subnets the pool has in all. */
export function poolCapacity(pool: SubnetPool): number {
  return 2 ** (pool.size - prefixLength(pool.prefix));
}

/**
 * The lowest part of the pool that overlaps nothing that is taken, or null when there is none.
 * Jumps over each taken range instead of trying every part, so that a large taken prefix costs one step.
 */
export function allocateSubnet(pool: SubnetPool, taken: readonly Cidr4[]): Cidr4 | null {
  const { first, last } = range4(pool.prefix);
  const step = 2 ** (32 - pool.size);
  const ranges = taken.map(range4).toSorted((a, b) => a.first - b.first);
  let start = first;
  for (const range of ranges) {
    if (range.last < start) continue;
    if (range.first >= start + step) break;
    start = Math.ceil((range.last + 1) / step) * step;
  }
  return start + step - 1 <= last ? cidr4(ipv4FromNumber(start), pool.size) : null;
}
