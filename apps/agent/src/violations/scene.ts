import type { Violation } from '@sallyport/contract/violations';
import type { Ipv4 } from '@sallyport/core/ipv4';
import type { NetworkSpec } from '@sallyport/core/network';
import type { Placed } from '../plan/leases.ts';
import type { Stray } from '../plan/table-strays.ts';
import { matchDocker } from '../plan/plan-docker.ts';
import { PLAIN_NAME } from '../plan/uplinks.ts';
import type {
  ContainerEndpoint,
  ContainerRoute,
  ContainerSettings,
  RunningContainer,
} from '../ports/containers.ts';
import type { DockerNetwork } from '../ports/docker.ts';

/** Everything from which violations are told; one look at the containers of the host. */
export interface Scene {
  readonly containers: readonly RunningContainer[];
  /** By container id, of containers on managed networks. */
  readonly settings: ReadonlyMap<string, ContainerSettings>;
  /** By container id, of containers on managed networks whose routes could be read. */
  readonly routes: ReadonlyMap<string, readonly ContainerRoute[]>;
  readonly networks: readonly DockerNetwork[];
  readonly specs: readonly NetworkSpec[];
  /** Names of the interfaces by which packets leave the host. */
  readonly uplinks: ReadonlySet<string>;
  /** Version of the Docker Engine, such as `20.10.24`. */
  readonly engine: string;
}

/** A violation before anybody knows since when. */
export type Found = Omit<Violation, 'since'>;

/** A managed network together with Docker's. */
export interface Managed {
  readonly spec: NetworkSpec;
  readonly network: DockerNetwork;
}

/** A scene with what the checks look up. */
export interface IndexedScene extends Scene {
  /** By Docker's network id. */
  readonly managed: ReadonlyMap<string, Managed>;
  readonly networkById: ReadonlyMap<string, DockerNetwork>;
  readonly containerById: ReadonlyMap<string, RunningContainer>;
}

export function indexScene(scene: Scene): IndexedScene {
  return {
    ...scene,
    managed: managedById(scene.specs, scene.networks),
    networkById: new Map(scene.networks.map((network) => [network.id, network])),
    containerById: new Map(scene.containers.map((container) => [container.id, container])),
  };
}

/** Which of Docker's networks stand for managed ones, by Docker's id. */
export function managedById(
  specs: readonly NetworkSpec[],
  networks: readonly DockerNetwork[],
): ReadonlyMap<string, Managed> {
  // With 1,000 networks a search for each among all would cost more than all else.
  const byName = new Map(networks.map((network) => [network.name, network]));
  return new Map(
    specs.flatMap((spec) => {
      const named = byName.get(spec.name);
      const match = matchDocker(spec, named === undefined ? [] : [named]);
      if (match.kind !== 'matches') return [];
      return [[match.network.id, { spec, network: match.network }] as const];
    }),
  );
}

/** The managed networks that a container is on. */
export function homesOf(
  { endpoints }: RunningContainer,
  managed: ReadonlyMap<string, Managed>,
): readonly Managed[] {
  return endpoints.flatMap(({ networkId }) => managed.get(networkId) ?? []);
}

/**
 * Its endpoints on networks that are a way out of their own. From an internal network nothing leaves
 * the host: Docker gives it no router, and drops what goes beyond its subnet.
 */
export function strayEndpoints(
  { endpoints }: RunningContainer,
  { managed, networkById }: Pick<IndexedScene, 'managed' | 'networkById'>,
): readonly ContainerEndpoint[] {
  return endpoints.filter(
    ({ networkId }) => !managed.has(networkId) && networkById.get(networkId)?.internal !== true,
  );
}

/**
 * Where the packets of a stray endpoint can be stopped; none where nothing can. Those by macvlan or ipvlan never
 * reach this host's rules, and a bridge may have a name that means something else in nftables.
 */
export function stoppable(
  { networkId, ipv4, ipv6 }: ContainerEndpoint,
  networkById: IndexedScene['networkById'],
): readonly Stray[] {
  const network = networkById.get(networkId);
  if (network?.driver !== 'bridge' || !PLAIN_NAME.test(network.bridge)) return [];
  return [ipv4, ipv6]
    .filter((address) => address !== '')
    .map((address) => ({ address, bridge: network.bridge }));
}

/** What strict networks want to be stopped now. */
export function straysOf(scene: Scene): readonly Stray[] {
  const look = indexScene(scene);
  return look.containers
    .filter((container) => homesOf(container, look.managed).some(({ spec }) => spec.strict))
    .flatMap((container) => strayEndpoints(container, look))
    .flatMap((stray) => stoppable(stray, look.networkById));
}

/** The containers on networks that lease addresses, in the order of Docker's list, which is that of their names. */
export function placedOf({ containers, specs, networks }: Scene): readonly Placed[] {
  const leasing = specs.filter(({ assign, deleting }) => assign === 'per-container' && !deleting);
  if (leasing.length === 0) return [];
  const managed = managedById(leasing, networks);
  return containers.flatMap(({ id, name, endpoints }) =>
    endpoints.flatMap(({ networkId, ipv4 }): readonly Placed[] => {
      const home = managed.get(networkId);
      if (home === undefined || ipv4 === '') return [];
      return [{ network: home.spec.id, container: { id, name }, inside: ipv4 as Ipv4 }];
    }),
  );
}
