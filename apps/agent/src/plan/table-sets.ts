import { markOf } from '../constants.ts';
import type { NftSet } from '../ports/nft.ts';
import type { Resolution, ResolvedNetwork } from './resolve.ts';
import { sharesOf } from './shares.ts';
import { uploadSet } from './table-bandwidth.ts';
import { destinationSets } from './table-destinations.ts';
import { arrivals } from './table-arrivals.ts';
import { ipv6Sets } from './table-sets6.ts';
import { commonSlot, shareSets } from './table-shares.ts';
import { exact, hex, interval, quote } from './table-text.ts';
import type { SlottedWay } from './ways.ts';

/** Everything that differs from network to network. */
export function tableSets({ networks, ways, slots, roles }: Resolution): Record<string, NftSet> {
  const specs = networks.map(({ spec }) => spec);
  const whole = networks.flatMap(wholeOf);
  const former = networks.flatMap(formerOf);
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
      whole.map(({ subnet, address }) => `${subnet} : ${address}`),
    ),
    egress4: interval(
      'set',
      'ipv4_addr . ifname . ipv4_addr',
      [...whole, ...former].flatMap(allowedByUplink),
    ),
    egress4_main: interval(
      'set',
      'ipv4_addr . ipv4_addr',
      [...whole, ...former].flatMap(allowedByMain),
    ),
    bound4: exact(
      'set',
      'ipv4_addr',
      specs
        .filter(({ route }) => route === 'uplink')
        .flatMap(({ egress, fallback, former: earlier }) => [
          ...egress.ipv4,
          ...fallback,
          ...earlier.map(({ address }) => address),
        ]),
    ),
    homes4: exact('set', 'ipv4_addr . ifname', networks.flatMap(homes)),
    draining: exact(
      'set',
      'ifname',
      networks.flatMap(({ spec, draining }) => (draining.length > 0 ? [quote(spec.bridge)] : [])),
    ),
    ways: exact('map', 'ifname : verdict', networks.flatMap(wayElement)),
    reply_ways: exact(
      'map',
      'mark : verdict',
      slots.map(({ slot }) => `${hex(markOf(slot))} : jump restore_${slot}`),
    ),
    ...shareSets(networks),
    uploads: uploadSet(specs),
    ...destinationSets({ networks, roles }),
    arrivals: exact('map', 'ifname : verdict', arrivals('ipv4', ways)),
    ...ipv6Sets({ networks, ways }),
  };
}

/** A network all of which leaves by one address. */
interface Whole {
  readonly subnet: string;
  readonly address: string;
  readonly way: SlottedWay | null;
}

function wholeOf(network: ResolvedNetwork): readonly Whole[] {
  const shares = sharesOf(network);
  if (shares.kind !== 'whole') return [];
  const { address, way } = shares.exit;
  return [{ subnet: network.spec.subnet, address, way }];
}

/** New connections have no translation to these, so what has them began by them. */
function formerOf({ spec, draining }: ResolvedNetwork): readonly Whole[] {
  return draining.map(({ address, way }) => ({ subnet: spec.subnet, address, way }));
}

function allowedByUplink({ subnet, address, way }: Whole): readonly string[] {
  return way?.kind === 'uplink' ? [`${subnet} . ${quote(way.device)} . ${address}`] : [];
}

function allowedByMain({ subnet, address, way }: Whole): readonly string[] {
  return way?.kind === 'main' ? [`${subnet} . ${address}`] : [];
}

function homes({ exits, draining }: ResolvedNetwork): readonly string[] {
  return [...exits, ...draining].flatMap(({ address, way }) =>
    way?.kind === 'uplink' ? [`${address} . ${quote(way.device)}`] : [],
  );
}

function wayElement(network: ResolvedNetwork): readonly string[] {
  const slot = commonSlot(network);
  return slot === null ? [] : [`${quote(network.spec.bridge)} : jump way_${slot}`];
}
