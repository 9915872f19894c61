import { type Destinations, type Preset, PRESETS } from '@sallyport/core/destinations';
import type { NetworkSpec } from '@sallyport/core/network';
import type { NftChain, NftSet } from '../ports/nft.ts';
import { DENIALS, type Denied, deniedBy, type DeniedRange, neighboursOf } from './denied.ts';
import type { Resolution, ResolvedNetwork } from './resolve.ts';
import { exact, interval, jumped, quote, stop } from './table-text.ts';

/*
 * Where containers may connect to. A set of nftables knows no longest prefix, so its elements are the
 * disjoint intervals that are left of all prefixes. Networks without lists of their own share those of
 * their preset; the others have theirs in two maps. Rules are the same for one network and 1,000.
 */

/** Ports of name servers, plain (RFC 1035) and over TLS (RFC 7858). */
const NAME_PORTS = [53, 853] as const;
const NAME_PROTOCOLS = ['tcp', 'udp'] as const;

/** What a network may ask its name servers whatever is denied, each as `192.0.2.53 udp/53`. */
export function questionsOf({ dns }: Pick<NetworkSpec, 'dns'>): readonly string[] {
  return dns.flatMap((server) =>
    NAME_PROTOCOLS.flatMap((protocol) => NAME_PORTS.map((port) => `${server} ${protocol}/${port}`)),
  );
}
const FAMILIES = ['ipv4', 'ipv6'] as const;
const DIGIT = { ipv4: 4, ipv6: 6 } as const;
/** nft's word for a destination address. */
const DESTINATION = { ipv4: 'ip daddr', ipv6: 'ip6 daddr' } as const;

/** What the chains below look up. */
export function destinationSets({
  networks,
  roles,
}: Pick<Resolution, 'networks' | 'roles'>): Readonly<Record<string, NftSet>> {
  const neighbours = neighboursOf(roles.uplinks);
  const specs = networks.map(({ spec }) => spec);
  const shared = PRESETS.flatMap((preset) => {
    const denied = deniedBy({ preset, allow: [], deny: [] }, neighbours);
    return FAMILIES.map((family) => [setOf(preset, family), presetSet(family, denied)] as const);
  });
  const listed = networks.filter(({ spec }) => hasLists(spec.destinations));
  return {
    policies: exact(
      'map',
      'ifname : verdict',
      specs.map(({ bridge, destinations }) => `${quote(bridge)} : goto ${chainOf(destinations)}`),
    ),
    ...Object.fromEntries(shared),
    denied4: listedSet('ipv4', listed),
    denied6: listedSet('ipv6', listed),
    names4: exact(
      'set',
      'ifname . ipv4_addr',
      specs.flatMap(({ bridge, dns }) => dns.map((server) => `${quote(bridge)} . ${server}`)),
    ),
    host_services: exact(
      'set',
      'ifname . inet_proto . inet_service',
      specs.flatMap(({ bridge, destinations }) =>
        destinations.hostServices.map((one) => `${quote(bridge)} . ${one.replace('/', ' . ')}`),
      ),
    ),
  };
}

function hasLists({ allow, deny }: Destinations): boolean {
  return allow.length + deny.length > 0;
}

function chainOf(destinations: Destinations): string {
  return hasLists(destinations) ? 'own_lists' : nameOf(destinations.preset);
}

function nameOf(preset: Preset): string {
  return `preset_${preset.replaceAll('-', '_')}`;
}

function setOf(preset: Preset, family: keyof Denied): string {
  return `${nameOf(preset)}${DIGIT[family]}`;
}

function presetSet(family: keyof Denied, denied: Denied): NftSet {
  return interval('map', `${family}_addr : verdict`, denied[family].map(elementOf));
}

function listedSet(family: keyof Denied, networks: readonly ResolvedNetwork[]): NftSet {
  const elements = networks.flatMap(({ spec, denied }) =>
    denied[family].map((range) => `${quote(spec.bridge)} . ${elementOf(range)}`),
  );
  return interval('map', `ifname . ${family}_addr : verdict`, elements);
}

function elementOf({ text, verdict }: DeniedRange): string {
  return `${text} : goto stop_${verdict}`;
}

function presetChain(preset: Preset): readonly [string, NftChain] {
  const rules = FAMILIES.map((family) => `${DESTINATION[family]} vmap @${setOf(preset, family)}`);
  return [nameOf(preset), jumped(rules)];
}

/** They stand before those that jump to them. */
export const DESTINATION_CHAINS: Readonly<Record<string, NftChain>> = {
  ...Object.fromEntries(
    DENIALS.map((denial) => [`stop_${denial}`, jumped([stop(`drop_${denial}`)])]),
  ),
  ...Object.fromEntries(PRESETS.map(presetChain)),
  own_lists: jumped(['iifname . ip daddr vmap @denied4', 'iifname . ip6 daddr vmap @denied6']),
  /*
   * What a container begins. Replies to somebody who was let in go back to wherever he is; `reply`
   * leaves, and not `original` stays, because a packet that nobody tracks has no direction at all.
   * A bridge whose policy was lost reaches nothing.
   */
  destinations: jumped([
    'ct direction reply return',
    `iifname . ip daddr @names4 meta l4proto { ${NAME_PROTOCOLS.join(', ')} } th dport { ${NAME_PORTS.join(', ')} } return`,
    'iifname vmap @policies',
    stop('drop_denied'),
  ]),
};

/** In the chain `input`: services of the host that a network's containers may use. */
export const HOST_SERVICE_RULES = [
  'iifname . ip saddr @sources4 iifname . meta l4proto . th dport @host_services accept',
  'iifname . ip6 saddr @sources6 iifname . meta l4proto . th dport @host_services accept',
] as const;
