import type { NetworkSpec } from '@sallyport/core/network';
import { bridgeNameFor } from '@sallyport/core/network-name';
import { parsePrefix } from '@sallyport/core/prefix';
import type { SubnetPool } from '@sallyport/core/subnet-pool';
import type { SubnetPool6 } from '@sallyport/core/subnet-pool6';
import { SallyportError } from '@sallyport/contract/errors';
import type { NetworkAdopt, NetworkCreate, NetworkUpdate } from '@sallyport/contract/network';
import type { Ipv4 } from '@sallyport/core/ipv4';
import { isOnLink } from '../plan/find-way.ts';
import { mergeDestinations } from './merge-destinations.ts';
import { chooseSubnet6, refuseWithoutIpv6 } from './subnet6.ts';
import { obstacle, onlySubnet } from './adoptable.ts';
import { refusePool } from './refuse-pool.ts';
import { chooseSubnet, refuseEgress, refuseName, type Surroundings } from './refusals.ts';

/** What new networks take from the agent's configuration and clock. */
export interface Defaults {
  readonly pool: SubnetPool;
  readonly pool6: SubnetPool6;
  readonly dns: readonly Ipv4[];
  readonly id: () => string;
  readonly now: () => number;
}

/** Pure: the network that a wish makes. @throws SallyportError when it can't be */
export function wishToCreate(
  wish: NetworkCreate,
  surroundings: Surroundings,
  defaults: Defaults,
): NetworkSpec {
  const bridge = bridgeNameFor(wish.name);
  refuseName(wish.name, bridge, surroundings);
  refuseEgresses(wish, surroundings);
  const subnet = chooseSubnet(wish.subnet, defaults.pool, surroundings);
  refusePool({ ...wish, subnet });
  return {
    id: defaults.id(),
    name: wish.name,
    bridge,
    subnet,
    subnet6: chooseSubnet6(wish, defaults.pool6, surroundings),
    egress: wish.egress,
    fallback: wish.fallback,
    assign: wish.assign,
    onChange: wish.onChange,
    former: [],
    route: wish.route,
    gateway: wish.gateway,
    gateway6: wish.gateway6,
    dns: wish.dns ?? defaults.dns,
    destinations: wish.destinations,
    strict: wish.strict,
    bandwidth: wish.bandwidth,
    origin: 'created',
    createdAt: defaults.now(),
    deleting: false,
  };
}

/** Pure: the network after the change. @throws SallyportError */
export function wishToUpdate(
  spec: NetworkSpec,
  wish: NetworkUpdate,
  surroundings: Surroundings,
): NetworkSpec {
  const route = wish.route ?? spec.route;
  const updated: NetworkSpec = {
    ...spec,
    egress: {
      ipv4: wish.egress?.ipv4 ?? spec.egress.ipv4,
      ipv6: wish.egress?.ipv6 ?? spec.egress.ipv6,
    },
    fallback: wish.fallback ?? spec.fallback,
    assign: wish.assign ?? spec.assign,
    onChange: wish.onChange ?? spec.onChange,
    route,
    // A gateway belongs to the uplink that it was given for; with the mode main there is none.
    gateway: wish.gateway === undefined ? (route === 'main' ? null : spec.gateway) : wish.gateway,
    gateway6:
      wish.gateway6 === undefined ? (route === 'main' ? null : spec.gateway6) : wish.gateway6,
    dns: wish.dns ?? spec.dns,
    destinations: mergeDestinations(spec.destinations, wish.destinations),
    strict: wish.strict ?? spec.strict,
    bandwidth: {
      upload: wish.bandwidth?.upload === undefined ? spec.bandwidth.upload : wish.bandwidth.upload,
      download:
        wish.bandwidth?.download === undefined ? spec.bandwidth.download : wish.bandwidth.download,
    },
  };
  refuseWithoutIpv6(spec.name, updated);
  refusePool(updated);
  refuseEgresses(updated, surroundings);
  return updated;
}

/** Pure: the network that stands for somebody's Docker network. @throws SallyportError */
export function wishToAdopt(
  wish: NetworkAdopt & { readonly name: NetworkSpec['name'] },
  surroundings: Surroundings,
  defaults: Defaults,
): NetworkSpec {
  if (surroundings.specs.some(({ name }) => name === wish.name)) {
    throw new SallyportError('network_exists', `The network ${wish.name} is managed already.`, {
      remedy: `Change it with: sallyport network update ${wish.name}`,
    });
  }
  const network = surroundings.docker.find(({ name }) => name === wish.name);
  if (network === undefined) {
    throw new SallyportError('network_not_found', `Docker has no network ${wish.name}.`, {
      remedy: `Create it with: sallyport network create ${wish.name} --egress-ip ADDR`,
    });
  }
  const why = obstacle(network);
  if (why !== null) {
    throw new SallyportError('not_adoptable', `${wish.name} can not be adopted: ${why}.`, {
      remedy: 'These can be: sallyport network list --adoptable',
    });
  }
  const [subnet6 = null] = network.subnets6.map(parsePrefix);
  refuseWithoutIpv6(wish.name, { subnet6, egress: wish.egress });
  refuseEgresses(wish, surroundings);
  const subnet = onlySubnet(network);
  refusePool({ ...wish, subnet });
  return {
    id: defaults.id(),
    name: wish.name,
    bridge: network.bridge as NetworkSpec['bridge'],
    subnet,
    subnet6,
    egress: wish.egress,
    fallback: wish.fallback,
    assign: wish.assign,
    onChange: wish.onChange,
    former: [],
    route: wish.route,
    gateway: wish.gateway,
    gateway6: wish.gateway6,
    dns: wish.dns ?? defaults.dns,
    destinations: wish.destinations,
    strict: wish.strict,
    bandwidth: wish.bandwidth,
    origin: 'adopted',
    createdAt: defaults.now(),
    deleting: false,
  };
}

function reaches(address: Ipv4, gateway: Ipv4 | null, { links }: Surroundings): boolean {
  const holder = links.find(({ addresses }) => addresses.some((held) => held.address === address));
  return holder !== undefined && gateway !== null && isOnLink(holder, gateway);
}

type Leaving = Pick<NetworkSpec, 'name' | 'egress' | 'fallback' | 'route' | 'gateway' | 'gateway6'>;

function refuseEgresses(wish: Leaving, surroundings: Surroundings): void {
  const { name, egress, fallback, route, gateway, gateway6 } = wish;
  const listed = [...egress.ipv4, ...fallback];
  // A router of one uplink is none for the addresses of a pool that are on another.
  const reached = listed.filter((address) => reaches(address, gateway, surroundings));
  for (const address of listed) {
    const own = reached.length === 0 || reached.includes(address) ? gateway : null;
    refuseEgress({ name, address, route, gateway: own }, surroundings);
  }
  for (const address of egress.ipv6)
    refuseEgress({ name, address, route, gateway: gateway6 }, surroundings);
  if (gateway6 === null || egress.ipv6.length > 0) return;
  throw new SallyportError(
    'gateway_unusable',
    `An IPv6 gateway (${gateway6}) has no meaning without an IPv6 egress address.`,
    { remedy: 'Leave the gateway out, or give an IPv6 egress address.' },
  );
}
