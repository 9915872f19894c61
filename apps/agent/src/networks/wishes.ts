import type { NetworkSpec } from '@sallyport/core/network';
import { bridgeNameFor } from '@sallyport/core/network-name';
import type { SubnetPool } from '@sallyport/core/subnet-pool';
import { SallyportError } from '@sallyport/contract/errors';
import type { NetworkAdopt, NetworkCreate, NetworkUpdate } from '@sallyport/contract/network';
import type { Ipv4 } from '@sallyport/core/ipv4';
import { mergeDestinations } from './merge-destinations.ts';
import { obstacle, onlySubnet } from './adoptable.ts';
import {
  chooseSubnet,
  type EgressWish,
  refuseEgress,
  refuseName,
  type Surroundings,
} from './refusals.ts';

/** What new networks take from the agent's configuration and clock. */
export interface Defaults {
  readonly pool: SubnetPool;
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
  refuseEgress(egressWish(wish), surroundings);
  return {
    id: defaults.id(),
    name: wish.name,
    bridge,
    subnet: chooseSubnet(wish.subnet, defaults.pool, surroundings),
    egress: wish.egress,
    route: wish.route,
    gateway: wish.gateway,
    dns: wish.dns ?? defaults.dns,
    destinations: wish.destinations,
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
    egress: wish.egress ?? spec.egress,
    route,
    // A gateway belongs to the uplink that it was given for; with the mode main there is none.
    gateway: wish.gateway === undefined ? (route === 'main' ? null : spec.gateway) : wish.gateway,
    dns: wish.dns ?? spec.dns,
    destinations: mergeDestinations(spec.destinations, wish.destinations),
  };
  refuseEgress(egressWish(updated), surroundings);
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
  refuseEgress(egressWish(wish), surroundings);
  return {
    id: defaults.id(),
    name: wish.name,
    bridge: network.bridge as NetworkSpec['bridge'],
    subnet: onlySubnet(network),
    egress: wish.egress,
    route: wish.route,
    gateway: wish.gateway,
    dns: wish.dns ?? defaults.dns,
    destinations: wish.destinations,
    origin: 'adopted',
    createdAt: defaults.now(),
    deleting: false,
  };
}

function egressWish(wish: Pick<NetworkSpec, 'name' | 'egress' | 'route' | 'gateway'>): EgressWish {
  const [address] = wish.egress.ipv4;
  if (address === undefined) throw new Error('a wish without an egress address passed the schema');
  return { name: wish.name, address, route: wish.route, gateway: wish.gateway };
}
