import type { NftSet } from '../ports/nft.ts';
import type { Resolution, ResolvedNetwork } from './resolve.ts';
import { arrivals } from './table-arrivals.ts';
import { exact, interval, quote } from './table-text.ts';

/**
 * What table-sets.ts is for IPv4. A network without an IPv6 egress is in none of these but `managed6`,
 * so nothing of IPv6 leaves it.
 */
export function ipv6Sets({
  networks,
  ways,
}: Pick<Resolution, 'networks' | 'ways'>): Readonly<Record<string, NftSet>> {
  const all = networks.flatMap(legOf);
  const legs = all.filter(({ address }) => address !== null);
  return {
    bridges6: exact(
      'set',
      'ifname',
      legs.map(({ bridge }) => bridge),
    ),
    managed6: interval(
      'set',
      'ipv6_addr',
      all.map(({ subnet }) => subnet),
    ),
    sources6: interval(
      'set',
      'ifname . ipv6_addr',
      legs.map(({ bridge, subnet }) => `${bridge} . ${subnet}`),
    ),
    snat6: interval(
      'map',
      'ipv6_addr : ipv6_addr',
      legs.map(({ subnet, address }) => `${subnet} : ${address}`),
    ),
    egress6: interval(
      'set',
      'ipv6_addr . ifname . ipv6_addr',
      legs.flatMap(({ subnet, address, way }) =>
        way?.kind === 'uplink' ? [`${subnet} . ${quote(way.device)} . ${address}`] : [],
      ),
    ),
    egress6_main: interval(
      'set',
      'ipv6_addr . ipv6_addr',
      legs.flatMap(({ subnet, address, way }) =>
        way?.kind === 'main' ? [`${subnet} . ${address}`] : [],
      ),
    ),
    bound6: exact(
      'set',
      'ipv6_addr',
      legs.flatMap(({ route, address }) => (route === 'uplink' ? [`${address}`] : [])),
    ),
    homes6: exact(
      'set',
      'ipv6_addr . ifname',
      legs.flatMap(({ address, way }) =>
        way?.kind === 'uplink' ? [`${address} . ${quote(way.device)}`] : [],
      ),
    ),
    ways6: exact(
      'map',
      'ifname : verdict',
      legs.flatMap(({ bridge, way }) => (way === null ? [] : [`${bridge} : jump way_${way.slot}`])),
    ),
    arrivals6: exact('map', 'ifname : verdict', arrivals('ipv6', ways)),
  };
}

/** The IPv6 half of a network that has one. */
function legOf({ spec, way6 }: ResolvedNetwork) {
  const { subnet6, egress, bridge, route } = spec;
  if (subnet6 === null) return [];
  const [address = null] = egress.ipv6;
  return [{ subnet: subnet6, address, bridge: quote(bridge), route, way: way6 }];
}
