import type { NetworkSpec } from '@sallyport/core/network';
import { familyOf } from '@sallyport/core/ipv6';
import { addressValue, type Prefix, prefixRange } from '@sallyport/core/prefix';
import { ownText } from './own-text.ts';

interface Range {
  readonly network: string;
  readonly first: bigint;
  readonly last: bigint;
}

/** Many flows come from few addresses; beyond so many the memory is emptied. */
const REMEMBERED = 16_384;

/** Finds the network of an address; null: of none. Subnets of networks don't overlap. */
export function managedSubnets(specs: readonly NetworkSpec[]): (address: string) => string | null {
  const ranges = { ipv4: ordered(specs, 'ipv4'), ipv6: ordered(specs, 'ipv6') };
  const known = new Map<string, string | null>();
  return (address) => {
    const before = known.get(address);
    if (before !== undefined) return before;
    if (known.size >= REMEMBERED) known.clear();
    const found = find(ranges[familyOf(address)], addressValue(address));
    known.set(ownText(address), found);
    return found;
  };
}

function ordered(specs: readonly NetworkSpec[], family: 'ipv4' | 'ipv6'): readonly Range[] {
  return specs
    .flatMap(({ name, subnet, subnet6 }) => {
      const prefix = family === 'ipv4' ? subnet : subnet6;
      if (prefix === null) return [];
      const { first, last } = prefixRange(prefix as string as Prefix);
      return [{ network: name, first, last }];
    })
    .toSorted((a, b) => (a.first < b.first ? -1 : 1));
}

function find(ranges: readonly Range[], value: bigint): string | null {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.first ?? 0n) <= value) low = middle + 1;
    else high = middle;
  }
  const found = ranges[low - 1];
  return found !== undefined && value <= found.last ? found.network : null;
}
