import type { Ipv4 } from '@sallyport/core/ipv4';
import type { NetworkSpec } from '@sallyport/core/network';
import { spread } from '@sallyport/core/spread';
import type { AddressWay, ResolvedNetwork } from './resolve.ts';

/** One container's address, and how it leaves. */
export interface Share {
  readonly container: Ipv4;
  readonly exit: AddressWay;
}

/** Who of a network leaves by which of its addresses: all of it by the only one, or each container by its own. */
export type Shares =
  | { readonly kind: 'whole'; readonly exit: AddressWay }
  | { readonly kind: 'each'; readonly shares: readonly Share[] };

/** Pure: by which of its addresses a network's container leaves. */
export function addressFor({ name, subnet, egress }: NetworkSpec, container: Ipv4): Ipv4 {
  const [first, ...more] = egress.ipv4;
  if (first === undefined) throw new Error(`${name} has no egress address`);
  if (more.length === 0) return first;
  const shares = new Map(spread(subnet, [first, ...more]));
  return shares.get(container) ?? first;
}

/** Pure. The way of an address may be lost; whose address it is stays. */
export function sharesOf({ spec, exits }: Pick<ResolvedNetwork, 'spec' | 'exits'>): Shares {
  const [first, ...more] = exits;
  if (first === undefined) throw new Error(`${spec.name} has no egress address`);
  if (more.length === 0) return { kind: 'whole', exit: first };
  const shares = spread(spec.subnet, [first, ...more]);
  return { kind: 'each', shares: shares.map(([container, exit]) => ({ container, exit })) };
}
