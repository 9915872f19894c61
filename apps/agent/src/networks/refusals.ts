import { type Cidr4, cidr4, overlaps, parseCidr4 } from '@sallyport/core/cidr4';
import type { Ipv4 } from '@sallyport/core/ipv4';
import { familyOf, type Ipv6 } from '@sallyport/core/ipv6';
import type { NetworkSpec, RouteMode } from '@sallyport/core/network';
import type { InterfaceName, NetworkName } from '@sallyport/core/network-name';
import { SallyportError } from '@sallyport/contract/errors';
import { allocateSubnet, poolCapacity, type SubnetPool } from '@sallyport/core/subnet-pool';
import { isOnLink } from '../plan/find-way.ts';
import { addressObstacle, classifyLinks, isOwnTable } from '../plan/uplinks.ts';
import type { DockerNetwork } from '../ports/docker.ts';
import type { Link, Route } from '../ports/routing.ts';

/** What a wish is checked against. */
export interface Surroundings {
  readonly specs: readonly NetworkSpec[];
  readonly links: readonly Link[];
  readonly routes: readonly Route[];
  readonly docker: readonly DockerNetwork[];
}

/** How a network is to leave, before it is accepted. */
export interface EgressWish {
  readonly name: NetworkName;
  readonly address: Ipv4 | Ipv6;
  readonly route: RouteMode;
  /** Of the same family. */
  readonly gateway: Ipv4 | Ipv6 | null;
}

/**
 * Refuses an egress that can never work. An address that is merely absent, or on an interface that is
 * down, is accepted: the network is Blocked until it comes.
 */
export function refuseEgress(wish: EgressWish, { specs, links, docker }: Surroundings): void {
  if (wish.route === 'main' && wish.gateway !== null) {
    throw new SallyportError(
      'gateway_unusable',
      `A gateway (${wish.gateway}) has no meaning with the route mode main.`,
      {
        remedy: 'Leave the gateway out, or use the route mode uplink.',
      },
    );
  }
  const holder = links.find((link) =>
    link.addresses.some(({ address }) => address === wish.address),
  );
  const held = holder?.addresses.find(({ address }) => address === wish.address);
  if (holder === undefined || held === undefined) return;
  const { roleOf } = classifyLinks(links, docker, new Set(specs.map(({ bridge }) => bridge)));
  const obstacle = addressObstacle({ ...holder, up: true }, roleOf(holder), held);
  if (obstacle !== '') {
    throw new SallyportError(
      'egress_address_unusable',
      `${wish.address} can not be an egress address: ${obstacle}.`,
      {
        remedy: 'Choose an address that this lists as usable: sallyport host',
      },
    );
  }
  if (wish.gateway !== null && !isOnLink(holder, wish.gateway)) {
    throw new SallyportError(
      'gateway_unusable',
      `The gateway ${wish.gateway} is in no prefix of ${holder.name}, which holds ${wish.address}.`,
      { remedy: `Give a router that ${holder.name} reaches directly, or leave the gateway out.` },
    );
  }
}

/** Refuses a name or bridge that something else has. */
export function refuseName(
  name: NetworkName,
  bridge: InterfaceName,
  surroundings: Surroundings,
): void {
  if (surroundings.specs.some((spec) => spec.name === name)) {
    throw new SallyportError('network_exists', `The network ${name} exists already.`, {
      remedy: `Change it with: sallyport network update ${name}`,
    });
  }
  if (surroundings.docker.some((network) => network.name === name)) {
    throw new SallyportError(
      'network_exists',
      `Docker has a network ${name} that is not managed.`,
      {
        remedy: `Take it over with: sallyport network adopt ${name} --egress-ip ADDR`,
      },
    );
  }
  const taken =
    surroundings.links.some((link) => link.name === bridge) ||
    surroundings.specs.some((spec) => spec.bridge === bridge);
  if (taken) {
    throw new SallyportError(
      'bridge_name_taken',
      `The bridge of ${name} would be called ${bridge}, and an interface of that name exists.`,
      {
        remedy: 'Choose another name.',
      },
    );
  }
}

/** Where a prefix is in use already, and by whom. */
interface Taken {
  readonly prefix: Cidr4;
  readonly by: string;
}

/** The subnet that was asked for, or the next free one of the pool. */
export function chooseSubnet(
  wanted: Cidr4 | null,
  pool: SubnetPool,
  surroundings: Surroundings,
): Cidr4 {
  const taken = takenPrefixes(surroundings);
  if (wanted !== null) {
    const conflict = taken.find(({ prefix }) => overlaps(prefix, wanted));
    if (conflict === undefined) return wanted;
    throw new SallyportError(
      'subnet_overlap',
      `The subnet ${wanted} overlaps ${conflict.prefix}, which is ${conflict.by}.`,
      {
        remedy: `Choose another subnet, or leave it out: the agent takes one from ${pool.prefix}.`,
      },
    );
  }
  const free = allocateSubnet(
    pool,
    taken.map(({ prefix }) => prefix),
  );
  if (free !== null) return free;
  throw new SallyportError(
    'pool_exhausted',
    `No /${pool.size} of the pool ${pool.prefix} (${poolCapacity(pool)} in all) is free of networks and of routes of this host.`,
    { remedy: 'Set another pool in the configuration of the agent, or give a subnet.' },
  );
}

/** Main routes but the default, addresses, Docker's networks and our own, each with its owner. */
export function takenPrefixes({ specs, links, routes, docker }: Surroundings): readonly Taken[] {
  const ofRoutes = routes
    .filter(
      ({ table, type, destination }) =>
        !isOwnTable(table) &&
        type === 'unicast' &&
        familyOf(destination) === 'ipv4' &&
        !destination.endsWith('/0'),
    )
    .map(({ destination, device }) => ({
      prefix: parseCidr4(destination),
      by: `a route of this host${device === null ? '' : ` through ${device}`}`,
    }));
  const ofAddresses = links.flatMap((link) =>
    link.addresses
      .filter(({ family }) => family === 'ipv4')
      .map(({ address, prefix }) => ({
        prefix: cidr4(address as Ipv4, prefix),
        by: `the network of ${link.name}`,
      })),
  );
  const ofDocker = docker.flatMap((network) =>
    network.subnets.map((subnet) => ({
      prefix: parseCidr4(subnet),
      by: `the Docker network ${network.name}`,
    })),
  );
  const ofSpecs = specs.map(({ subnet, name }) => ({ prefix: subnet, by: `the network ${name}` }));
  return [...ofSpecs, ...ofDocker, ...ofAddresses, ...ofRoutes];
}
