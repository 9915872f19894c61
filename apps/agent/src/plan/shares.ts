import type { Ipv4 } from '@sallyport/core/ipv4';
import type { NetworkSpec } from '@sallyport/core/network';
import { spread } from '@sallyport/core/spread';
import type { Lease } from '../ports/store.ts';
import { probeAddress } from './plan-docker.ts';
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

/**
 * Pure: by which of its addresses a network's container leaves; null: by none, since it has no lease.
 * @param leases of all networks
 */
export function addressFor(
  { id, name, subnet, egress, assign }: NetworkSpec,
  container: Ipv4,
  leases: readonly Lease[],
): Ipv4 | null {
  const [first, ...more] = egress.ipv4;
  if (first === undefined) throw new Error(`${name} has no egress address`);
  if (assign === 'per-container') {
    if (container === probeAddress(subnet)) return first;
    const lease = leases.find(
      ({ network, inside, gone }) => network === id && inside === container && gone === null,
    );
    return lease?.address ?? null;
  }
  if (more.length === 0) return first;
  const shares = new Map(spread(subnet, [first, ...more]));
  return shares.get(container) ?? first;
}

/** Pure. The way of an address may be lost; whose address it is stays. */
export function sharesOf(network: Pick<ResolvedNetwork, 'spec' | 'exits' | 'leases'>): Shares {
  const { spec, exits } = network;
  const [first, ...more] = exits;
  if (first === undefined) throw new Error(`${spec.name} has no egress address`);
  if (spec.assign === 'per-container')
    return { kind: 'each', shares: leasedShares(network, first) };
  if (more.length === 0) return { kind: 'whole', exit: first };
  const shares = spread(spec.subnet, [first, ...more]);
  return { kind: 'each', shares: shares.map(([container, exit]) => ({ container, exit })) };
}

/**
 * Containers without a lease have no share, and nothing of them leaves. The agent's own probe asks by the first
 * address, from where Docker puts no container; in a network that somebody else made it may, so there it can't ask.
 */
function leasedShares(
  { spec, exits, leases }: Pick<ResolvedNetwork, 'spec' | 'exits' | 'leases'>,
  first: AddressWay,
): readonly Share[] {
  const exitOf = new Map(exits.map((exit) => [exit.address, exit]));
  const leased = leases.flatMap(({ inside, address }): readonly Share[] => {
    const exit = exitOf.get(address);
    return exit === undefined ? [] : [{ container: inside, exit }];
  });
  if (spec.origin === 'adopted') return leased;
  return [{ container: probeAddress(spec.subnet), exit: first }, ...leased];
}
