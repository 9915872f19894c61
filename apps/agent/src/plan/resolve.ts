import type { Ipv4 } from '@sallyport/core/ipv4';
import type { Family, Ipv6 } from '@sallyport/core/ipv6';
import type { Condition, NetworkSpec } from '@sallyport/core/network';
import { inPrefix, type Prefix, prefixHolding } from '@sallyport/core/prefix';
import type { DockerNetwork } from '../ports/docker.ts';
import type { Link, Route } from '../ports/routing.ts';
import type { Way } from '../ports/store.ts';
import { denials, type Denied, neighboursOf } from './denied.ts';
import {
  addressObstacle,
  classifyLinks,
  type LinkRoles,
  type NextHop,
  nextHopsOf,
} from './uplinks.ts';
import { allocateSlots, type SlottedWay, type WayTarget, wayKey } from './ways.ts';

/** A network together with what the host makes of it now. */
export interface ResolvedNetwork {
  readonly spec: NetworkSpec;
  /** null: nothing may leave, for the reason in `blocked`. */
  readonly way: SlottedWay | null;
  readonly blocked: Condition | null;
  /** The same for IPv6; both null where the network has no IPv6 egress. */
  readonly way6: SlottedWay | null;
  readonly blocked6: Condition | null;
  /** Where its containers may not connect to. */
  readonly denied: Denied;
  /** Things that are so and should be seen, blocked or not. */
  readonly conditions: readonly Condition[];
}

/** All networks against one look at the host. */
export interface Resolution {
  readonly networks: readonly ResolvedNetwork[];
  /** Every way out that needs a table: those of networks, and one for each uplink for replies. */
  readonly ways: readonly SlottedWay[];
  /** What to store as the new allocation of slots. */
  readonly slots: readonly Way[];
  readonly roles: LinkRoles;
}

/** What resolving looks at. */
export interface HostFacts {
  readonly links: readonly Link[];
  readonly routes: readonly Route[];
  readonly docker: readonly DockerNetwork[];
}

type Target =
  | { readonly target: WayTarget; readonly conditions: readonly Condition[] }
  | { readonly blocked: Condition };

/** Pure: decides for every network by which way its packets leave, or why they can't. */
export function resolve(
  specs: readonly NetworkSpec[],
  host: HostFacts,
  known: readonly Way[],
): Resolution {
  const roles = classifyLinks(host.links, host.docker, new Set(specs.map(({ bridge }) => bridge)));
  const look = { host, roles };
  const decided = specs.map((spec) => ({
    spec,
    target: targetOf(exit4(spec), look),
    target6: mapOrNull(exit6(spec), (exit) => targetOf(exit, look)),
  }));
  const families = specs.some(({ subnet6 }) => subnet6 !== null) ? BOTH : BOTH.slice(0, 1);
  const targets = [
    ...decided
      .flatMap(({ target, target6 }) => (target6 === null ? [target] : [target, target6]))
      .flatMap((target) => ('target' in target ? [target.target] : [])),
    ...families.flatMap((family) =>
      roles.uplinks.flatMap((link) => replyWay(family, link, host.routes)),
    ),
  ];
  const byKey = new Map(targets.map((target) => [wayKey(target), target]));
  const { ways: slots } = allocateSlots(known, [...byKey.keys()]);
  const ways = slots.flatMap(({ key, slot }): readonly SlottedWay[] => {
    const target = byKey.get(key);
    return target === undefined ? [] : [{ ...target, slot }];
  });
  const wayOf = new Map(ways.map((way) => [wayKey(way), way]));
  const deniedBy = denials(neighboursOf(roles.uplinks));
  const given = (target: Target): Given => {
    if ('blocked' in target) return { way: null, blocked: target.blocked, conditions: [] };
    const way = wayOf.get(wayKey(target.target)) ?? null;
    return { way, blocked: way === null ? NO_SLOT : null, conditions: target.conditions };
  };
  const networks = decided.map(({ spec, target, target6 }): ResolvedNetwork => {
    const ipv4 = given(target);
    const ipv6 = target6 === null ? null : given(target6);
    return {
      spec,
      ...ipv4,
      way6: ipv6?.way ?? null,
      blocked6: ipv6?.blocked ?? null,
      denied: deniedBy(spec.destinations),
      conditions: [...ipv4.conditions, ...(ipv6?.conditions ?? [])],
    };
  });
  return { networks, ways, slots, roles };
}

type Given = Pick<ResolvedNetwork, 'way' | 'blocked' | 'conditions'>;

const BOTH = ['ipv4', 'ipv6'] as const;

/** By which address a network is to leave, in one family. */
interface Exit {
  readonly spec: NetworkSpec;
  readonly family: Family;
  readonly address: Ipv4 | Ipv6;
  /** As given; null: found in the host's routes. */
  readonly gateway: Ipv4 | Ipv6 | null;
}

function exit4(spec: NetworkSpec): Exit {
  const [address] = spec.egress.ipv4;
  if (address === undefined) throw new Error(`${spec.name} has no egress address`);
  return { spec, family: 'ipv4', address, gateway: spec.gateway };
}

function exit6(spec: NetworkSpec): Exit | null {
  const [address] = spec.egress.ipv6;
  return address === undefined ? null : { spec, family: 'ipv6', address, gateway: spec.gateway6 };
}

function mapOrNull<A, B>(value: A | null, map: (value: A) => B): B | null {
  return value === null ? null : map(value);
}

/** No mark is left for a way that would be needed. */
export const NO_SLOT: Condition = {
  type: 'UplinkSlot',
  ok: false,
  message: 'more uplinks and gateways are in use than there are routing tables for them',
  remedy: 'use fewer different gateways',
};

function targetOf(
  exit: Exit,
  { host, roles }: { readonly host: HostFacts; readonly roles: LinkRoles },
): Target {
  const { spec, family, address } = exit;
  const holder = host.links.find((link) => link.addresses.some((held) => held.address === address));
  const held = holder?.addresses.find((candidate) => candidate.address === address);
  if (holder === undefined || held === undefined) {
    return {
      blocked: {
        type: 'AddressOnHost',
        ok: false,
        message: `no interface of this host has the egress address ${address}`,
        remedy: `add it, for example: ip address add ${address}/${family === 'ipv4' ? 24 : 64} dev INTERFACE; or choose another: sallyport network update ${spec.name} --egress-ip ADDR`,
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
          ? `choose another address: sallyport network update ${spec.name} --egress-ip ADDR`
          : `bring the interface up: ip link set ${holder.name} up, and check its cable or switch port`,
      },
    };
  }
  if (spec.route === 'main') return { target: { family, kind: 'main' }, conditions: [] };
  const prefix = prefixHolding(held.address, held.prefix);
  return throughUplink(exit, holder, { prefix, routes: host.routes });
}

function throughUplink(
  { spec, family, gateway }: Exit,
  holder: Link,
  { prefix, routes }: { readonly prefix: Prefix; readonly routes: readonly Route[] },
): Target {
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
      ? preferredHop(nextHopsOf(family, holder.name, routes), prefix)
      : { kind: 'via', gateway };
  const conditions = nextHop.kind === 'none' ? [noGateway(spec, holder)] : [];
  return { target: { family, kind: 'uplink', device: holder.name, nextHop }, conditions };
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
function preferredHop(hops: readonly NextHop[], prefix: Prefix): NextHop {
  const near = hops.find((hop) => hop.kind === 'via' && inPrefix(hop.gateway, prefix));
  return near ?? hops[0] ?? { kind: 'none' };
}

/** Whether a router can be reached on this link without another router. */
export function isOnLink(link: Link, gateway: Ipv4 | Ipv6): boolean {
  return link.addresses.some(
    (held) =>
      held.address !== gateway && inPrefix(gateway, prefixHolding(held.address, held.prefix)),
  );
}

/** Replies to connections from outside go back by the uplink that these came by. */
function replyWay(family: Family, link: Link, routes: readonly Route[]): readonly WayTarget[] {
  if (!link.addresses.some((held) => held.family === family && held.scope !== 'link')) return [];
  const nextHop = nextHopsOf(family, link.name, routes)[0] ?? { kind: 'none' };
  return [{ family, kind: 'uplink', device: link.name, nextHop }];
}
