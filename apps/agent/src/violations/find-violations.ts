import type { RunningContainer } from '../ports/containers.ts';
import { defaultRoute, inheritedDns } from './inside-checks.ts';
import {
  type Found,
  homesOf,
  type IndexedScene,
  indexScene,
  type Scene,
  stoppable,
  strayEndpoints,
} from './scene.ts';

/** Drivers that give a container a link of its own beside the host's. */
const LINK_DRIVERS = ['macvlan', 'ipvlan'];
const PROJECT = 'com.docker.compose.project';

/** Pure: every container whose packets may take another way than an egress network promises. */
export function findViolations(scene: Scene): readonly Found[] {
  const look = indexScene(scene);
  // Which Compose projects have containers on egress networks, and on which one first.
  const projects = new Map(
    look.containers.flatMap((container) => {
      const [home] = homesOf(container, look.managed);
      const project = container.labels[PROJECT];
      return home === undefined || project === undefined ? [] : [[project, home.spec.name]];
    }),
  );
  return look.containers.flatMap((container) => [
    ...otherNetwork(container, look),
    ...sharedNamespace(container, look),
    ...hostNetwork(container, projects),
    ...ownLink(container, look),
    ...defaultRoute(container, look),
    ...inheritedDns(container, look),
  ]);
}

function otherNetwork(container: RunningContainer, look: IndexedScene): readonly Found[] {
  const strays = strayEndpoints(container, look);
  return homesOf(container, look.managed).flatMap(({ spec }) =>
    strays.map((stray): Found => {
      const { name } = container;
      return {
        kind: 'other-network',
        network: spec.name,
        container: identity(container),
        message: `${name} is on ${stray.networkName} as well, which is no egress network: what it sends by that one leaves by another address`,
        remedy: `docker network disconnect ${stray.networkName} ${name}`,
        blocked: spec.strict && stoppable(stray, look.networkById).length > 0,
      };
    }),
  );
}

function sharedNamespace(container: RunningContainer, look: IndexedScene): readonly Found[] {
  const owner = look.containerById.get(container.networkMode.replace(/^container:/, ''));
  if (owner === undefined || owner.id === container.id) return [];
  return homesOf(owner, look.managed).map(({ spec }) => ({
    kind: 'shared-namespace',
    network: spec.name,
    container: identity(container),
    message: `${container.name} is in the network namespace of ${owner.name}: its packets can not be told from those of ${owner.name}`,
    remedy: `start it with --network ${spec.name} instead of --network container:${owner.name}`,
    blocked: false,
  }));
}

/** The host's network belongs to many; it is a matter of an egress network where its project is on one. */
function hostNetwork(
  container: RunningContainer,
  projects: ReadonlyMap<string, string>,
): readonly Found[] {
  if (container.networkMode !== 'host') return [];
  const project = container.labels[PROJECT] ?? '';
  const network = projects.get(project);
  if (network === undefined) return [];
  return [
    {
      kind: 'host-network',
      network,
      container: identity(container),
      message: `${container.name} has the network of the host, and other containers of its project ${project} are on ${network}: what it sends leaves as the host’s own`,
      remedy: `start it with --network ${network} instead of --network host`,
      blocked: false,
    },
  ];
}

/** With a link of its own a container passes the host's network stack, and every rule in it, by. */
function ownLink(container: RunningContainer, look: IndexedScene): readonly Found[] {
  if (look.specs.length === 0) return [];
  return container.endpoints.flatMap(({ networkId, networkName }): readonly Found[] => {
    const network = look.networkById.get(networkId);
    if (network === undefined || !LINK_DRIVERS.includes(network.driver)) return [];
    const uplink = uplinkOf(network.parent, look.uplinks);
    if (uplink === null) return [];
    return [
      {
        kind: 'own-link',
        network: homesOf(container, look.managed)[0]?.spec.name ?? null,
        container: identity(container),
        message: `${container.name} is on ${uplink} itself, by the ${network.driver} network ${networkName}: what it sends passes no rule of this host`,
        remedy: `docker network disconnect ${networkName} ${container.name}`,
        blocked: false,
      },
    ];
  });
}

/** A parent may be a VLAN of an uplink, such as enp0s3.40. */
function uplinkOf(parent: string | undefined, uplinks: ReadonlySet<string>): string | null {
  if (parent === undefined) return null;
  if (uplinks.has(parent)) return parent;
  const [trunk = ''] = parent.split('.');
  return uplinks.has(trunk) ? trunk : null;
}

function identity({ id, name }: RunningContainer): Found['container'] {
  return { id, name };
}
