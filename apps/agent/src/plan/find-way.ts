import type { Ipv4 } from '@sallyport/core/ipv4';
import type { Family, Ipv6 } from '@sallyport/core/ipv6';
import type { Condition, NetworkSpec } from '@sallyport/core/network';
import { inPrefix, prefixHolding } from '@sallyport/core/prefix';
import type { DockerNetwork } from '../ports/docker.ts';
import type { Link, LinkAddress, Route } from '../ports/routing.ts';
import type { Router } from '../ports/neighbours.ts';
import { addressObstacle, type LinkRoles, type NextHop, nextHopsOf } from './uplinks.ts';
import type { WayTarget } from './ways.ts';

/** What resolving looks at. */
export interface HostFacts {
  readonly links: readonly Link[];
  readonly routes: readonly Route[];
  readonly docker: readonly DockerNetwork[];
  /** null: nothing is known, and a network with fallbacks leaves by the first address that it can. */
  readonly health?: WayHealth | null;
}

/** The way by which a network leaves in one family, or why it can't. */
export type Target =
  | { readonly target: WayTarget; readonly conditions: readonly Condition[] }
  | { readonly blocked: Condition };

/** By which address a network is to leave, in one family. */
export interface Exit {
  readonly spec: NetworkSpec;
  readonly family: Family;
  readonly address: Ipv4 | Ipv6;
  /** As given; null: found in the host's routes. */
  readonly gateway: Ipv4 | Ipv6 | null;
}

/** One of the addresses by which a network may leave, and whether it could now. */
export interface Candidate {
  readonly address: Ipv4;
  readonly router: Router | null;
  readonly usable: boolean;
}

/** Decides by which address a network with fallbacks leaves. */
export type PickExit = (spec: NetworkSpec, candidates: readonly Candidate[]) => Ipv4;

/** What is known of ways besides what the host shows. */
export interface WayHealth {
  readonly pick: PickExit;
  readonly isSilent: (router: Router) => boolean;
}

/** One for each address of the pool, or for each that may stand in. */
export function exits4(spec: NetworkSpec): readonly (Exit & { readonly address: Ipv4 })[] {
  return [...spec.egress.ipv4, ...spec.fallback].map((address) => ({
    spec,
    family: 'ipv4',
    address,
    gateway: spec.gateway,
  }));
}

/** One for each former address by which connections may go on. */
export function exitsDraining(spec: NetworkSpec): readonly (Exit & { readonly address: Ipv4 })[] {
  return spec.former
    .filter(({ drains }) => drains)
    .map(({ address, gateway }) => ({ spec, family: 'ipv4', address, gateway }));
}

export function exit6(spec: NetworkSpec): Exit | null {
  const [address] = spec.egress.ipv6;
  return address === undefined ? null : { spec, family: 'ipv6', address, gateway: spec.gateway6 };
}

/** What is asked for every network, found once for all: there may be thousands of links and routes. */
interface Indexed {
  readonly holders: ReadonlyMap<string, { readonly link: Link; readonly held: LinkAddress }>;
  /** Default routes of the host. */
  readonly defaults: readonly Route[];
}

export function indexed({ links, routes }: HostFacts): Indexed {
  const holders = new Map<string, { readonly link: Link; readonly held: LinkAddress }>();
  for (const link of links) {
    for (const held of link.addresses)
      if (!holders.has(held.address)) holders.set(held.address, { link, held });
  }
  return { holders, defaults: routes.filter(({ destination }) => destination.endsWith('/0')) };
}

export function targetOf(
  exit: Exit,
  { holders, defaults, roles }: Indexed & { readonly roles: LinkRoles },
): Target {
  const { spec, family, address } = exit;
  const { link: holder, held } = holders.get(address) ?? {};
  if (holder === undefined || held === undefined) {
    return {
      blocked: {
        type: 'AddressOnHost',
        ok: false,
        message: `no interface of this host has the egress address ${address}`,
        remedy: `add it, for example: ip address add ${address}/${family === 'ipv4' ? 24 : 64} dev INTERFACE; or ${chooseAnother(spec)}`,
      },
    };
  }
  const obstacle = addressObstacle(holder, roles.roleOf(holder), held);
  if (obstacle !== '') {
    return {
      blocked: {
        type: 'AddressUsable',
        ok: false,
        message: `${address} can not be an egress address now: ${obstacle}`,
        remedy: holder.up
          ? chooseAnother(spec)
          : `bring the interface up: ip link set ${holder.name} up, and check its cable or switch port`,
      },
    };
  }
  if (spec.route === 'main') return { target: { family, kind: 'main' }, conditions: [] };
  const isElsewhere = belongsElsewhere(exit, holder, holders);
  return throughUplink(exit, holder, { held, defaults, isElsewhere });
}

/** An update names the whole pool: with one address alone all containers would move to that. */
function chooseAnother({ name, egress }: NetworkSpec): string {
  const update = `sallyport network update ${name} --egress-ip ADDR`;
  return egress.ipv4.length === 1
    ? `choose another: ${update}`
    : `give the pool without it: ${update}, once for each address that is to stay`;
}

function throughUplink(
  { spec, family, gateway: given }: Exit,
  holder: Link,
  about: {
    readonly held: LinkAddress;
    readonly defaults: readonly Route[];
    readonly isElsewhere: boolean;
  },
): Target {
  const { held, defaults, isElsewhere } = about;
  const gateway = isElsewhere ? null : given;
  if (gateway !== null && !isOnLink(holder, gateway)) {
    return {
      blocked: {
        type: 'Gateway',
        ok: false,
        message: `the gateway ${gateway} is in no prefix of ${holder.name}, so it can not be reached there`,
        remedy: `give a router on ${holder.name}: sallyport network update ${spec.name} --gateway ADDR`,
      },
    };
  }
  const nextHop: NextHop =
    gateway === null
      ? preferredHop(nextHopsOf(family, holder.name, defaults), held)
      : { kind: 'via', gateway };
  const conditions = nextHop.kind === 'none' ? [noGateway(spec, holder)] : [];
  return { target: { family, kind: 'uplink', device: holder.name, nextHop }, conditions };
}

/**
 * The addresses of a pool may be on several uplinks; a router is the router of one of them. One that none of them
 * reaches is not passed over in silence: nobody gave another. A missing address may have taken its prefix with it, and
 * stops nobody but its own containers.
 */
function belongsElsewhere(
  { spec, family, gateway }: Exit,
  holder: Link,
  holders: Indexed['holders'],
): boolean {
  const listed = [...spec.egress.ipv4, ...spec.fallback];
  if (gateway === null || family !== 'ipv4' || listed.length === 1) return false;
  if (isOnLink(holder, gateway)) return false;
  return listed.some((address) => {
    const other = holders.get(address);
    return other === undefined || isOnLink(other.link, gateway);
  });
}

function noGateway(spec: NetworkSpec, holder: Link): Condition {
  return {
    type: 'Gateway',
    ok: false,
    message: `no default route goes through ${holder.name}, so only destinations on its own link can be reached`,
    remedy: `name the router: sallyport network update ${spec.name} --gateway ADDR`,
  };
}

/** A router within the address's own prefix comes first: another one may drop its packets. */
function preferredHop(hops: readonly NextHop[], { address, prefix: length }: LinkAddress): NextHop {
  const [only = { kind: 'none' }] = hops;
  if (hops.length <= 1) return only;
  const prefix = prefixHolding(address, length);
  const near = hops.find((hop) => hop.kind === 'via' && inPrefix(hop.gateway, prefix));
  return near ?? only;
}

/** Whether a router can be reached on this link without another router. */
export function isOnLink(link: Link, gateway: Ipv4 | Ipv6): boolean {
  return link.addresses.some(
    (held) =>
      held.address !== gateway && inPrefix(gateway, prefixHolding(held.address, held.prefix)),
  );
}

/** Pure: the address, with its router where it leaves by one. */
export function candidateOf(
  address: Ipv4,
  target: Target,
  isSilent: (router: Router) => boolean,
): Candidate {
  if ('blocked' in target) return { address, router: null, usable: false };
  const { target: way } = target;
  if (way.kind === 'main' || way.nextHop.kind !== 'via')
    return { address, router: null, usable: true };
  const router = { device: way.device, gateway: way.nextHop.gateway };
  return { address, router, usable: !isSilent(router) };
}
