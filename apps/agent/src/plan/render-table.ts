import { LINK_LOCAL, MARK_MASK, markOf } from '../constants.ts';
import type { NftChain, NftSet, NftTable } from '../ports/nft.ts';
import type { ResolvedNetwork, Resolution } from './resolve.ts';
import type { SlottedWay } from './ways.ts';

/** What the guard counts, by reason; also the keys of `drops` in the API. */
export const DROP_COUNTERS = [
  'drop_invalid',
  'drop_ipv6',
  'drop_spoofed',
  'drop_inside',
  'drop_special',
  'drop_host',
  'drop_untranslated',
  'drop_wrong_egress',
] as const;

/**
 * The whole table as data. Everything that differs from network to network is an element of a set or
 * map, so that a packet's way through the rules is as long with 1,000 networks as with one.
 */
export function renderTable({ networks, ways, slots, roles }: Resolution): NftTable {
  const slotNumbers = slots.map(({ slot }) => slot);
  return {
    counters: DROP_COUNTERS,
    sets: {
      bridges: set(
        'ifname',
        networks.map(({ spec }) => quote(spec.bridge)),
      ),
      uplinks: set(
        'ifname',
        roles.uplinks.map(({ name }) => quote(name)),
      ),
      managed4: interval(
        'set',
        'ipv4_addr',
        networks.map(({ spec }) => spec.subnet),
      ),
      sources4: interval(
        'set',
        'ifname . ipv4_addr',
        networks.map(({ spec }) => `${quote(spec.bridge)} . ${spec.subnet}`),
      ),
      snat4: interval(
        'map',
        'ipv4_addr : ipv4_addr',
        networks.map(({ spec }) => `${spec.subnet} : ${spec.egress.ipv4[0]}`),
      ),
      egress4: interval('set', 'ipv4_addr . ifname . ipv4_addr', networks.flatMap(allowedByUplink)),
      egress4_main: interval('set', 'ipv4_addr . ipv4_addr', networks.flatMap(allowedByMain)),
      ways: map('ifname : verdict', networks.flatMap(wayElement)),
      reply_ways: map(
        'mark : verdict',
        slotNumbers.map((slot) => `${hex(markOf(slot))} : jump restore_${slot}`),
      ),
      arrivals: map('ifname : verdict', arrivals(ways)),
    },
    chains: { ...slotChains(slotNumbers), ...CHAINS },
  };
}

function allowedByUplink({ spec, way }: ResolvedNetwork): readonly string[] {
  if (way?.kind !== 'uplink') return [];
  return [`${spec.subnet} . ${quote(way.device)} . ${spec.egress.ipv4[0]}`];
}

function allowedByMain({ spec, way }: ResolvedNetwork): readonly string[] {
  return way?.kind === 'main' ? [`${spec.subnet} . ${spec.egress.ipv4[0]}`] : [];
}

function wayElement({ spec, way }: ResolvedNetwork): readonly string[] {
  return way === null ? [] : [`${quote(spec.bridge)} : jump way_${way.slot}`];
}

/** One way for each uplink: the first, which is the one of its own default route where several exist. */
function arrivals(ways: readonly SlottedWay[]): readonly string[] {
  const byDevice = new Map<string, number>();
  for (const way of ways) {
    if (way.kind === 'uplink' && !byDevice.has(way.device)) byDevice.set(way.device, way.slot);
  }
  return [...byDevice].map(([device, slot]) => `${quote(device)} : jump arrive_${slot}`);
}

function slotChains(slots: readonly number[]): Record<string, NftChain> {
  const keep = hex(~MARK_MASK >>> 0);
  return Object.fromEntries(
    slots.flatMap((slot) => {
      const mark = hex(markOf(slot));
      const setPacket = `meta mark set meta mark & ${keep} | ${mark}`;
      const setFlow = `ct mark set ct mark & ${keep} | ${mark}`;
      return [
        [`way_${slot}`, jumped([setPacket, setFlow])],
        [`restore_${slot}`, jumped([setPacket])],
        [`arrive_${slot}`, jumped([setFlow])],
      ];
    }),
  );
}

const stop = (counter: (typeof DROP_COUNTERS)[number]) => `counter name ${counter} drop`;

/** The rules, the same on every host. A packet's way through them is drawn in ARCHITECTURE.md. */
const CHAINS: Readonly<Record<string, NftChain>> = {
  /* Choose the way out by bridge and never by a mark that came along; bring replies back by theirs. */
  choose_way: hooked('type filter hook prerouting priority mangle; policy accept;', [
    `iifname @bridges meta mark set meta mark & ${hex(~MARK_MASK >>> 0)}`,
    `ct direction reply ct mark & ${hex(MARK_MASK)} vmap @reply_ways`,
    'iifname @bridges ct direction original iifname vmap @ways',
  ]),
  /* INVALID packets (late RST and FIN) skip NAT and would leave with the container's source (moby #18630). */
  from_container: jumped([
    `ct state invalid ${stop('drop_invalid')}`,
    `meta nfproto ipv6 ${stop('drop_ipv6')}`,
    `iifname . ip saddr != @sources4 ${stop('drop_spoofed')}`,
    `oifname != @uplinks ${stop('drop_inside')}`,
    `ip daddr { ${LINK_LOCAL}, 224.0.0.0-255.255.255.255 } ${stop('drop_special')}`,
  ]),
  /* Remember by which uplink a connection to a published port came, for its replies. */
  to_container: jumped(['ct direction original ct state new iifname vmap @arrivals']),
  forward: hooked('type filter hook forward priority filter - 5; policy accept;', [
    'iifname @bridges jump from_container',
    'oifname @bridges jump to_container',
    `iifname != @bridges ip saddr @managed4 ${stop('drop_spoofed')}`,
  ]),
  input: hooked('type filter hook input priority filter - 5; policy accept;', [
    'iifname @bridges ct state related accept',
    'iifname @bridges ct state established ct direction reply accept',
    `iifname @bridges ${stop('drop_host')}`,
  ]),
  /* One before srcnat, so that the binding is ours before any rule of Docker or iptables sees the packet. */
  translate: hooked('type nat hook postrouting priority srcnat - 1; policy accept;', [
    'oifname @uplinks snat ip to ip saddr map @snat4',
  ]),
  /*
   * The guard proper: what came from a managed subnet leaves by the interface and the address that
   * belong together, while the kernel itself still holds that address there (`fib`), or not at all.
   */
  allowed: jumped([
    'ct original ip saddr . oifname . ip saddr @egress4 fib saddr . oif type local accept',
    'ct original ip saddr . ip saddr @egress4_main fib saddr type local accept',
    stop('drop_wrong_egress'),
  ]),
  guard: hooked('type filter hook postrouting priority srcnat + 1; policy accept;', [
    'oifname "lo" accept',
    'oifname @bridges accept',
    `ip saddr @managed4 ${stop('drop_untranslated')}`,
    'ct direction original ct original ip saddr @managed4 jump allowed',
  ]),
};

function jumped(rules: readonly string[]): NftChain {
  return { hook: null, rules };
}

function hooked(hook: string, rules: readonly string[]): NftChain {
  return { hook, rules };
}

function set(type: string, elements: readonly string[]): NftSet {
  return { kind: 'set', type, interval: false, elements };
}

function map(type: string, elements: readonly string[]): NftSet {
  return { kind: 'map', type, interval: false, elements };
}

function interval(kind: 'set' | 'map', type: string, elements: readonly string[]): NftSet {
  return { kind, type, interval: true, elements };
}

function quote(name: string): string {
  return `"${name}"`;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
