/** An address with its prefix length, such as 192.168.4.53/22. */
export interface InterfaceAddress {
  readonly address: string;
  readonly prefix: number;
}

/** One cable between the host under test and the machine beyond. */
export interface UplinkPlan {
  /** Interface name in the host namespace. */
  readonly host: string;
  /** Interface name in the wan namespace. */
  readonly wan: string;
  /** Hardware address of that interface: the capture tells by it what it must not count. */
  readonly wanMac: string;
  readonly hostAddresses: readonly InterfaceAddress[];
  readonly wanAddresses: readonly InterfaceAddress[];
}

/** All that the lab's network consists of. */
export interface Topology {
  readonly uplinks: readonly UplinkPlan[];
  /** Addresses of the machine beyond that are on none of its interfaces. */
  readonly wanLoopback: readonly InterfaceAddress[];
  /** The host's default gateways; one for each family that has one. */
  readonly hostGateways: readonly string[];
}

const at = (address: string, prefix: number): InterfaceAddress => ({ address, prefix });

/** The guide's scenario: two uplinks, three addresses, one default gateway. */
export const guideTopology: Topology = {
  uplinks: [
    {
      host: 'enp0s3',
      wan: 'wA',
      wanMac: '02:00:c6:33:64:0a',
      hostAddresses: [at('192.168.4.53', 22), at('192.168.4.153', 24)],
      wanAddresses: [at('192.168.4.1', 22)],
    },
    {
      host: 'enp0s8',
      wan: 'wB',
      wanMac: '02:00:c6:33:64:0b',
      hostAddresses: [at('192.168.56.103', 24)],
      wanAddresses: [at('192.168.56.1', 24)],
    },
  ],
  wanLoopback: [at('198.51.100.10', 32)],
  hostGateways: ['192.168.4.1'],
};

/** The guide's scenario with global IPv6 addresses beside the IPv4 ones. */
export const dualStackTopology: Topology = {
  uplinks: guideTopology.uplinks.map((uplink, index) => {
    const net = index === 0 ? '2001:db8:4::' : '2001:db8:56::';
    const own = index === 0 ? '53' : '103';
    return {
      ...uplink,
      hostAddresses: [...uplink.hostAddresses, at(`${net}${own}`, 64)],
      wanAddresses: [...uplink.wanAddresses, at(`${net}1`, 64)],
    };
  }),
  wanLoopback: [...guideTopology.wanLoopback, at('2001:db8:ffff::10', 128)],
  hostGateways: [...guideTopology.hostGateways, '2001:db8:4::1'],
};

/** Every address of the machine beyond: its services listen on each of them. */
export function wanAddresses(topology: Topology): readonly string[] {
  return [
    ...topology.uplinks.flatMap((uplink) => uplink.wanAddresses),
    ...topology.wanLoopback,
  ].map(({ address }) => address);
}

function renderAddress(device: string, { address, prefix }: InterfaceAddress): string {
  // Without nodad an IPv6 address can't be bound to for about a second.
  const nodad = address.includes(':') ? ' nodad' : '';
  return `address add ${address}/${String(prefix)} dev ${device}${nodad}`;
}

/**
 * Lines for `ip -n WAN -batch -`. The cables are made inside the wan namespace
 * with their other end born in the host namespace, so that no interface ever
 * shows in the machine's own namespace.
 */
export function renderWanBatch(topology: Topology, hostNamespace: string): string {
  const lines = ['link set lo up'];
  for (const uplink of topology.uplinks) {
    lines.push(
      `link add ${uplink.wan} address ${uplink.wanMac} type veth peer name ${uplink.host} netns ${hostNamespace}`,
      ...uplink.wanAddresses.map((address) => renderAddress(uplink.wan, address)),
      `link set ${uplink.wan} up`,
    );
  }
  lines.push(...topology.wanLoopback.map((address) => renderAddress('lo', address)));
  return `${lines.join('\n')}\n`;
}

/** Lines for `ip -n HOST -batch -`, to be run after those of the wan namespace. */
export function renderHostBatch(topology: Topology): string {
  const lines = ['link set lo up'];
  for (const uplink of topology.uplinks) {
    lines.push(
      ...uplink.hostAddresses.map((address) => renderAddress(uplink.host, address)),
      `link set ${uplink.host} up`,
    );
  }
  lines.push(...topology.hostGateways.map((gateway) => `route add default via ${gateway}`));
  return `${lines.join('\n')}\n`;
}

/** Lines for `ip -batch -` that set an uplink up again, with what going down has cost it. */
export function planRestoreUplink(topology: Topology, uplink: UplinkPlan): readonly string[] {
  const ipv6 = uplink.hostAddresses.filter(({ address }) => address.includes(':'));
  const behind = uplink.wanAddresses.map(({ address }) => address);
  const gateways = topology.hostGateways.filter((gateway) => behind.includes(gateway));
  return [
    `link set ${uplink.host} up`,
    ...ipv6.map((address) => renderAddress(uplink.host, address).replace(' add ', ' replace ')),
    ...gateways.map((gateway) => `route replace default via ${gateway} dev ${uplink.host}`),
  ];
}
