import type { NftSet } from '../ports/nft.ts';
import type { ResolvedNetwork } from './resolve.ts';
import { type Share, sharesOf } from './shares.ts';
import { exact, quote } from './table-text.ts';

/** A container with an address of its own, and its network. */
interface Placed extends Share {
  readonly network: ResolvedNetwork;
}

/**
 * What differs from container to container, where a network has several addresses. Hash sets, in which
 * one of thousands is found and changed as fast as one of few.
 */
export function shareSets(networks: readonly ResolvedNetwork[]): Readonly<Record<string, NftSet>> {
  const all = networks.flatMap((network): readonly Placed[] => {
    const shares = sharesOf(network);
    if (shares.kind === 'whole') return [];
    return shares.shares.map((share) => ({ ...share, network }));
  });
  const each = (element: (placed: Placed) => readonly string[]) => all.flatMap(element);
  return {
    snat4_each: exact(
      'map',
      'ipv4_addr : ipv4_addr',
      each(({ container, exit }) => [`${container} : ${exit.address}`]),
    ),
    egress4_each: exact(
      'set',
      'ipv4_addr . ifname . ipv4_addr',
      each(({ container, exit: { address, way } }) =>
        way?.kind === 'uplink' ? [`${container} . ${quote(way.device)} . ${address}`] : [],
      ),
    ),
    egress4_each_main: exact(
      'set',
      'ipv4_addr . ipv4_addr',
      each(({ container, exit: { address, way } }) =>
        way?.kind === 'main' ? [`${container} . ${address}`] : [],
      ),
    ),
    ways_each: exact(
      'map',
      'ifname . ipv4_addr : verdict',
      each(({ network, container, exit: { way } }) =>
        way === null || commonSlot(network) !== null
          ? []
          : [`${quote(network.spec.bridge)} . ${container} : jump way_${way.slot}`],
      ),
    ),
  };
}

/** The slot by which all of a network leaves; null: none, or several. */
export function commonSlot({ exits }: Pick<ResolvedNetwork, 'exits'>): number | null {
  const slots = new Set(exits.flatMap(({ way }) => (way === null ? [] : [way.slot])));
  const [slot = null] = slots;
  return slots.size === 1 ? slot : null;
}
