import { markOf } from '../constants.ts';
import type { NftSet } from '../ports/nft.ts';
import type { Resolution, ResolvedNetwork } from './resolve.ts';
import { uploadSet } from './table-bandwidth.ts';
import { destinationSets } from './table-destinations.ts';
import { arrivals } from './table-arrivals.ts';
import { ipv6Sets } from './table-sets6.ts';
import { exact, hex, interval, quote } from './table-text.ts';

/** Everything that differs from network to network. */
export function tableSets({ networks, ways, slots, roles }: Resolution): Record<string, NftSet> {
  const specs = networks.map(({ spec }) => spec);
  const each = (element: (spec: (typeof specs)[number]) => string) => specs.map(element);
  return {
    bridges: exact(
      'set',
      'ifname',
      each(({ bridge }) => quote(bridge)),
    ),
    uplinks: exact(
      'set',
      'ifname',
      roles.uplinks.map(({ name }) => quote(name)),
    ),
    managed4: interval(
      'set',
      'ipv4_addr',
      each(({ subnet }) => subnet),
    ),
    sources4: interval(
      'set',
      'ifname . ipv4_addr',
      each(({ bridge, subnet }) => `${quote(bridge)} . ${subnet}`),
    ),
    snat4: interval(
      'map',
      'ipv4_addr : ipv4_addr',
      each(({ subnet, egress }) => `${subnet} : ${egress.ipv4[0]}`),
    ),
    egress4: interval('set', 'ipv4_addr . ifname . ipv4_addr', networks.flatMap(allowedByUplink)),
    egress4_main: interval('set', 'ipv4_addr . ipv4_addr', networks.flatMap(allowedByMain)),
    bound4: exact(
      'set',
      'ipv4_addr',
      specs.filter(({ route }) => route === 'uplink').flatMap(({ egress }) => egress.ipv4),
    ),
    homes4: exact('set', 'ipv4_addr . ifname', networks.flatMap(home)),
    ways: exact('map', 'ifname : verdict', networks.flatMap(wayElement)),
    reply_ways: exact(
      'map',
      'mark : verdict',
      slots.map(({ slot }) => `${hex(markOf(slot))} : jump restore_${slot}`),
    ),
    uploads: uploadSet(specs),
    ...destinationSets({ networks, roles }),
    arrivals: exact('map', 'ifname : verdict', arrivals('ipv4', ways)),
    ...ipv6Sets({ networks, ways }),
  };
}

function allowedByUplink({ spec, way }: ResolvedNetwork): readonly string[] {
  if (way?.kind !== 'uplink') return [];
  return [`${spec.subnet} . ${quote(way.device)} . ${spec.egress.ipv4[0]}`];
}

function allowedByMain({ spec, way }: ResolvedNetwork): readonly string[] {
  return way?.kind === 'main' ? [`${spec.subnet} . ${spec.egress.ipv4[0]}`] : [];
}

function home({ spec, way }: ResolvedNetwork): readonly string[] {
  return way?.kind === 'uplink' ? [`${spec.egress.ipv4[0]} . ${quote(way.device)}`] : [];
}

function wayElement({ spec, way }: ResolvedNetwork): readonly string[] {
  return way === null ? [] : [`${quote(spec.bridge)} : jump way_${way.slot}`];
}
