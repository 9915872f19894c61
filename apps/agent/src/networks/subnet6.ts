import { SallyportError } from '@sallyport/contract/errors';
import type { NetworkCreate } from '@sallyport/contract/network';
import type { NetworkSpec } from '@sallyport/core/network';
import { familyOf } from '@sallyport/core/ipv6';
import { type Prefix, prefixHolding } from '@sallyport/core/prefix';
import { overlap } from '@sallyport/core/prefix-sets';
import { allocateSubnet6, type SubnetPool6 } from '@sallyport/core/subnet-pool6';
import { isOwnTable } from '../plan/uplinks.ts';
import type { Surroundings } from './refusals.ts';

/**
 * The IPv6 subnet of a new network: the one that was asked for, or, with an IPv6 egress, the next free one
 * of the pool. null: the network is of IPv4 alone.
 * @throws SallyportError `subnet_overlap`, `pool_exhausted`
 */
export function chooseSubnet6(
  { subnet6, egress }: Pick<NetworkCreate, 'subnet6' | 'egress'>,
  pool: SubnetPool6,
  surroundings: Surroundings,
): Prefix | null {
  const taken = takenPrefixes6(surroundings);
  if (subnet6 !== null) {
    const conflict = taken.find((prefix) => overlap(prefix, subnet6));
    if (conflict === undefined) return subnet6;
    throw new SallyportError(
      'subnet_overlap',
      `The subnet ${subnet6} overlaps ${conflict}, which this host has already.`,
      {
        remedy: `Choose another subnet, or leave it out: the agent takes one from ${pool.prefix}.`,
      },
    );
  }
  if (egress.ipv6.length === 0) return null;
  const free = allocateSubnet6(pool, taken);
  if (free !== null) return free;
  throw new SallyportError(
    'pool_exhausted',
    `No /${pool.size} of the IPv6 pool ${pool.prefix} is free of networks and of routes of this host.`,
    { remedy: 'Set another pool6 in the configuration of the agent, or give a subnet.' },
  );
}

/** Routes but the default ones, addresses, Docker's networks and our own. */
function takenPrefixes6({ specs, links, routes, docker }: Surroundings): readonly Prefix[] {
  const ofRoutes = routes
    .filter(({ table, type }) => !isOwnTable(table) && type === 'unicast')
    .map(({ destination }) => destination)
    .filter((destination) => familyOf(destination) === 'ipv6' && destination !== '::/0');
  const ofAddresses = links.flatMap(({ addresses }) =>
    addresses
      .filter(({ family, scope }) => family === 'ipv6' && scope === 'global')
      .map(({ address, prefix }) => prefixHolding(address, prefix)),
  );
  const ofNetworks = specs.flatMap(({ subnet6 }) => (subnet6 === null ? [] : [subnet6]));
  const ofDocker = docker.flatMap(({ subnets6 }) => subnets6);
  return [...(ofRoutes as Prefix[]), ...ofAddresses, ...(ofDocker as Prefix[]), ...ofNetworks];
}

/**
 * Docker gives a network its families when it is made.
 * @throws SallyportError `no_ipv6` where an IPv6 egress was asked for and the network has no IPv6
 */
export function refuseWithoutIpv6(
  name: string,
  { subnet6, egress }: Pick<NetworkSpec, 'subnet6' | 'egress'>,
): void {
  if (subnet6 !== null || egress.ipv6.length === 0) return;
  throw new SallyportError(
    'no_ipv6',
    `The network ${name} was made without IPv6, and Docker can not add it, so nothing could leave as ${egress.ipv6.join(', ')}.`,
    { remedy: 'Delete the network and create it with an IPv6 egress address.' },
  );
}
