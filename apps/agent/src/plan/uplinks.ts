import { type Family, familyOf } from '@sallyport/core/ipv6';
import { ROUTE_TABLES } from '../constants.ts';
import type { DockerNetwork } from '../ports/docker.ts';
import type { Link, LinkAddress, Route } from '../ports/routing.ts';

export type LinkRole = 'uplink' | 'loopback' | 'docker-bridge' | 'container';

/** How packets go on from an uplink: to a router, straight onto the link (ppp, tun), or nowhere. */
export type NextHop =
  | { readonly kind: 'via'; readonly gateway: string }
  | { readonly kind: 'link' }
  | { readonly kind: 'none' };

/**
 * The kernel takes almost any name; in nft's language a star is a wildcard, and quotes, commas and braces
 * end a name.
 */
export const PLAIN_NAME = /^[\w.:@+-]+$/;

/** Docker's naming of bridges that were given no name. */
const DOCKER_BRIDGE = /^(docker0|br-[0-9a-f]{12})$/;

/** The host's links, sorted by what they are for. */
export interface LinkRoles {
  readonly roleOf: (link: Link) => LinkRole;
  /** Those that packets could leave by: uplinks with an address. */
  readonly uplinks: readonly Link[];
}

export function classifyLinks(
  links: readonly Link[],
  docker: readonly DockerNetwork[],
  managedBridges: ReadonlySet<string>,
): LinkRoles {
  const bridges = new Set(docker.map(({ bridge }) => bridge));
  const roleOf = (link: Link): LinkRole => {
    if (link.loopback) return 'loopback';
    if (managedBridges.has(link.name) || bridges.has(link.name) || DOCKER_BRIDGE.test(link.name)) {
      return 'docker-bridge';
    }
    return link.master === null ? 'uplink' : 'container';
  };
  return { roleOf, uplinks: links.filter((link) => roleOf(link) === 'uplink' && canLeaveBy(link)) };
}

/**
 * A container's link is nobody's member for a moment while Docker makes it; it has no address then but
 * the link-local one that every link has.
 */
function canLeaveBy({ name, addresses }: Link): boolean {
  return (
    PLAIN_NAME.test(name) &&
    addresses.some(({ family, scope }) => family === 'ipv4' || scope === 'global')
  );
}

/** Why packets can't leave by this address now; empty when they can. */
export function addressObstacle(link: Link, role: LinkRole, address: LinkAddress): string {
  if (!PLAIN_NAME.test(link.name))
    return `the name of its interface, ${JSON.stringify(link.name)}, means something else in nftables`;
  if (role === 'loopback') return 'it is on the loopback interface';
  if (role === 'docker-bridge') return `it is the address of the Docker bridge ${link.name}`;
  if (role === 'container') return `${link.name} belongs to a bridge or bond`;
  if (address.scope !== 'global' && address.scope !== 'site')
    return `its scope is ${address.scope}`;
  const flag = address.flags.find((name) => UNUSABLE_FLAGS.has(name));
  if (flag !== undefined) return `the kernel marks it as ${flag}`;
  return link.up ? '' : `${link.name} is down`;
}

const UNUSABLE_FLAGS = new Set(['tentative', 'dadfailed']);

/** Next hops of a family's default routes through a link, best metric first, whatever table they are in. */
export function nextHopsOf(
  family: Family,
  device: string,
  routes: readonly Route[],
): readonly NextHop[] {
  const hops = routes
    .filter(
      (route) =>
        route.device === device &&
        route.destination.endsWith('/0') &&
        familyOf(route.destination) === family &&
        route.type === 'unicast' &&
        !isOwnTable(route.table),
    )
    .toSorted((a, b) => a.metric - b.metric)
    .map(
      ({ gateway }): NextHop => (gateway === null ? { kind: 'link' } : { kind: 'via', gateway }),
    );
  return [...new Map(hops.map((hop) => [nextHopText(hop), hop])).values()];
}

export function nextHopText(hop: NextHop): string {
  if (hop.kind === 'via') return hop.gateway;
  return hop.kind === 'link' ? 'link' : '';
}

export function isOwnTable(table: number): boolean {
  return table >= ROUTE_TABLES.first && table <= ROUTE_TABLES.last;
}
