import type { ContainerRoute, RunningContainer } from '../ports/containers.ts';
import { type Found, homesOf, type IndexedScene, type Managed, strayEndpoints } from './scene.ts';

/* What is told from within a container: its routes, and its name servers. */

/** The first Engine that asks inherited name servers from the host's namespace (moby #48290). */
const ASKS_FROM_HOST = 28;

/** Which default route a container with two networks has is Docker's choice, and told as another violation. */
export function defaultRoute(container: RunningContainer, look: IndexedScene): readonly Found[] {
  const [home, ...more] = homesOf(container, look.managed);
  const routes = look.routes.get(container.id);
  if (home === undefined || routes === undefined || more.length > 0) return [];
  if (strayEndpoints(container, look).length > 0) return [];
  const other = routes.find((route) => leadsElsewhere(route, home));
  if (other === undefined) return [];
  const { device, gateway } = other;
  const hop = gateway === null ? device : `${gateway} on ${device}`;
  return [
    {
      kind: 'default-route',
      network: home.spec.name,
      container: { id: container.id, name: container.name },
      message: `${container.name} sends ${textOf(other)} by ${hop}, not by ${home.network.gateway ?? 'its network'}: its routes were changed`,
      remedy: `docker restart ${container.name}, and start it without NET_ADMIN`,
      blocked: false,
    },
  ];
}

/**
 * Another router, or half of all addresses or more (as VPNs take them: 0.0.0.0/1 and 128.0.0.0/1)
 * without one. Routes to a link of its own are nobody's business.
 */
function leadsElsewhere({ gateway, length }: ContainerRoute, { network }: Managed): boolean {
  return gateway === null ? length <= 1 : gateway !== network.gateway;
}

function textOf({ destination, length }: ContainerRoute): string {
  return length === 0 ? 'everything' : `${destination}/${length}`;
}

/** Told by how the container was started: what Docker does with it depends on the Engine. */
export function inheritedDns(container: RunningContainer, look: IndexedScene): readonly Found[] {
  const settings = look.settings.get(container.id);
  if (settings === undefined || settings.dns.length > 0) return [];
  const fromHost = Number.parseInt(look.engine, 10) >= ASKS_FROM_HOST;
  const what = fromHost
    ? 'its questions leave by the host’s address'
    : 'its questions go to the name servers of the host';
  return homesOf(container, look.managed).map(({ spec }) => ({
    kind: 'inherited-dns',
    network: spec.name,
    container: { id: container.id, name: container.name },
    message: `${container.name} has no name servers of its own: ${what}`,
    remedy: `start it anew with ${dnsOptions(spec.dns)}`,
    blocked: false,
  }));
}

function dnsOptions(servers: readonly string[]): string {
  return servers.length === 0 ? '--dns ADDR' : servers.map((server) => `--dns ${server}`).join(' ');
}
