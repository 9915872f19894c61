import { UNLIMITED } from '@sallyport/core/bandwidth';
import { parseCidr4 } from '@sallyport/core/cidr4';
import { DEFAULT_DESTINATIONS } from '@sallyport/core/destinations';
import { parseIpv4 } from '@sallyport/core/ipv4';
import type { NetworkSpec } from '@sallyport/core/network';
import { interfaceName, parseNetworkName } from '@sallyport/core/network-name';
import type { DockerNetwork } from '../src/ports/docker.ts';
import type { Link, Route } from '../src/ports/routing.ts';

/* The host of the guide as data: two uplinks, three addresses, one default route. */

export function guideLink(
  name: string,
  addresses: readonly string[],
  changes: Partial<Link> = {},
): Link {
  return {
    name,
    index: 1,
    master: null,
    up: true,
    loopback: name === 'lo',
    mtu: 1500,
    addresses: addresses.map((text) => {
      const [address = '', prefix] = text.split('/');
      return {
        family: 'ipv4',
        address,
        prefix: Number(prefix),
        scope: name === 'lo' ? 'host' : 'global',
        flags: [],
      };
    }),
    ...changes,
  };
}

export const GUIDE_LINKS: readonly Link[] = [
  guideLink('lo', ['127.0.0.1/8']),
  guideLink('enp0s3', ['192.168.4.53/22', '192.168.4.153/24']),
  guideLink('enp0s8', ['192.168.56.103/24']),
  guideLink('docker0', ['172.17.0.1/16']),
];

export function guideRoute(
  destination: string,
  device: string,
  gateway: string | null = null,
): Route {
  return {
    table: 254,
    type: 'unicast',
    destination,
    device,
    gateway,
    metric: 0,
    scope: gateway === null ? 'link' : 'global',
    onlink: false,
  };
}

export const GUIDE_ROUTES: readonly Route[] = [
  guideRoute('0.0.0.0/0', 'enp0s3', '192.168.4.1'),
  guideRoute('192.168.4.0/22', 'enp0s3'),
  guideRoute('192.168.4.0/24', 'enp0s3'),
  guideRoute('192.168.56.0/24', 'enp0s8'),
  guideRoute('172.17.0.0/16', 'docker0'),
];

export const DOCKER0: DockerNetwork = {
  id: 'd0',
  name: 'bridge',
  driver: 'bridge',
  scope: 'local',
  internal: false,
  ipv6: false,
  subnets6: [],
  subnets: ['172.17.0.0/16'],
  gateway: '172.17.0.1',
  bridge: 'docker0',
  masquerade: true,
  icc: true,
  reserved: {},
  labels: {},
};

/** One of the guide's networks; z_custom_a unless changed. */
export function guideSpec(
  changes: Partial<Record<'name' | 'subnet' | 'egress' | 'gateway', string>> &
    Partial<
      Pick<
        NetworkSpec,
        | 'fallback'
        | 'assign'
        | 'onChange'
        | 'former'
        | 'route'
        | 'origin'
        | 'deleting'
        | 'destinations'
        | 'strict'
        | 'dns'
        | 'bandwidth'
      >
    > = {},
): NetworkSpec {
  const name = changes.name ?? 'z_custom_a';
  return {
    id: `id-of-${name}`,
    name: parseNetworkName(name),
    bridge: interfaceName(name),
    subnet: parseCidr4(changes.subnet ?? '172.19.0.0/16'),
    subnet6: null,
    egress: { ipv4: [parseIpv4(changes.egress ?? '192.168.4.153')], ipv6: [] },
    fallback: changes.fallback ?? [],
    assign: changes.assign ?? 'shared',
    onChange: changes.onChange ?? 'reset',
    former: changes.former ?? [],
    route: changes.route ?? 'uplink',
    gateway: changes.gateway === undefined ? null : parseIpv4(changes.gateway),
    gateway6: null,
    dns: changes.dns ?? [],
    strict: changes.strict ?? false,
    destinations: changes.destinations ?? DEFAULT_DESTINATIONS,
    bandwidth: changes.bandwidth ?? UNLIMITED,
    origin: changes.origin ?? 'created',
    createdAt: 0,
    deleting: changes.deleting ?? false,
  };
}

export const SPEC_B = guideSpec({
  name: 'z_custom_b',
  subnet: '172.20.0.0/16',
  egress: '192.168.56.103',
  gateway: '192.168.56.1',
});

/** Docker's view of a network that the agent has made. */
export function dockerNetworkOf(
  spec: NetworkSpec,
  changes: Partial<DockerNetwork> = {},
): DockerNetwork {
  return {
    ...DOCKER0,
    id: `docker-${spec.name}`,
    name: spec.name,
    subnets: [spec.subnet],
    bridge: spec.bridge,
    masquerade: false,
    icc: false,
    labels: { 'io.sallyport.managed': 'true', 'io.sallyport.network-id': spec.id },
    ...changes,
  };
}
