import type { NftSet, NftTable } from '../../src/ports/nft.ts';

/** A table with every kind of set that the agent uses, small enough to be read. */
export function sampleTable(elements: Readonly<Record<string, readonly string[]>> = {}): NftTable {
  const of = (name: keyof typeof SETS): NftSet => ({
    ...SETS[name],
    elements: elements[name] ?? [],
  });
  return {
    counters: ['drop_one', 'drop_two'],
    limits: { slow: { rate: 1_234_567, burst: 65_536 } },
    sets: {
      bridges: of('bridges'),
      managed4: of('managed4'),
      sources4: of('sources4'),
      snat4: of('snat4'),
      egress4: of('egress4'),
      ways: of('ways'),
      reply_ways: of('reply_ways'),
      uploads: of('uploads'),
    },
    chains: {
      way_1: { hook: null, rules: ['meta mark set meta mark & 0x00ffffff | 0x01000000'] },
      way_2: { hook: null, rules: ['meta mark set meta mark & 0x00ffffff | 0x02000000'] },
      choose: {
        hook: 'type filter hook prerouting priority mangle; policy accept;',
        rules: ['ct mark & 0xff000000 vmap @reply_ways', 'iifname vmap @ways'],
      },
      guard: {
        hook: 'type filter hook forward priority filter - 5; policy accept;',
        rules: [
          'iifname @bridges iifname . ip saddr != @sources4 counter name drop_one drop',
          'ct original ip saddr . oifname . ip saddr @egress4 accept',
          'limit name iifname map @uploads counter name drop_one drop',
          'ip saddr @managed4 counter name drop_two drop',
        ],
      },
      translate: {
        hook: 'type nat hook postrouting priority srcnat - 1; policy accept;',
        rules: ['snat ip to ip saddr map @snat4'],
      },
    },
  };
}

const SETS = {
  bridges: { kind: 'set', type: 'ifname', interval: false },
  managed4: { kind: 'set', type: 'ipv4_addr', interval: true },
  sources4: { kind: 'set', type: 'ifname . ipv4_addr', interval: true },
  snat4: { kind: 'map', type: 'ipv4_addr : ipv4_addr', interval: true },
  egress4: { kind: 'set', type: 'ipv4_addr . ifname . ipv4_addr', interval: true },
  ways: { kind: 'map', type: 'ifname : verdict', interval: false },
  reply_ways: { kind: 'map', type: 'mark : verdict', interval: false },
  uploads: { kind: 'map', type: 'ifname : limit', interval: false },
} as const;

/** Elements of that table for some networks, whose subnets lie next to one another. */
export function sampleElements(networks: number): Record<string, readonly string[]> {
  const all = Array.from({ length: networks }, (_, index) => ({
    bridge: `"z_net.${index}"`,
    subnet: `10.${208 + Math.floor(index / 256)}.${index % 256}.0/24`,
    egress: index % 3 === 0 ? '192.168.56.103' : '192.168.4.153',
    way: (index % 2) + 1,
  }));
  return {
    bridges: all.map(({ bridge }) => bridge),
    managed4: all.map(({ subnet }) => subnet),
    sources4: all.map(({ bridge, subnet }) => `${bridge} . ${subnet}`),
    snat4: all.map(({ subnet, egress }) => `${subnet} : ${egress}`),
    egress4: all.map(({ subnet, egress }) => `${subnet} . "enp0s3" . ${egress}`),
    ways: all.map(({ bridge, way }) => `${bridge} : jump way_${way}`),
    uploads: all.slice(0, 3).map(({ bridge }) => `${bridge} : "slow"`),
    reply_ways: ['0x01000000 : jump way_1', '0x02000000 : jump way_2'],
  };
}
