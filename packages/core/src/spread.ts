import { type Cidr4, prefixLength, range4 } from './cidr4.ts';
import { type Ipv4, ipv4FromNumber } from './ipv4.ts';

/**
 * The shortest prefix whose addresses are spread over a pool one by one. A Linux bridge has 1,024 ports
 * (BR_MAX_PORTS), so a larger subnet only helps to make the tables larger.
 */
export const WIDEST_SPREAD = 22;

export function canSpread(subnet: Cidr4): boolean {
  return prefixLength(subnet) >= WIDEST_SPREAD;
}

/**
 * Pure: every address of the subnet with the one of the pool by which it leaves, in turn, so that
 * containers, which Docker numbers one after the other, are spread evenly. The same subnet and pool
 * always give the same: whoever restarts, knows nothing, and is asked again, says the same.
 */
export function spread<T>(
  subnet: Cidr4,
  pool: readonly [T, ...T[]],
): readonly (readonly [container: Ipv4, T])[] {
  const { first, last } = range4(subnet);
  return Array.from({ length: last - first + 1 }, (_, offset) => [
    ipv4FromNumber(first + offset),
    pool[offset % pool.length] ?? pool[0],
  ]);
}
