import { type Cidr4, cidr4, contains } from '@sallyport/core/cidr4';
import type { Ipv4 } from '@sallyport/core/ipv4';
import type { Condition, NetworkSpec } from '@sallyport/core/network';
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
  const decided = specs.map((spec) => ({ spec, target: targetOf(spec, host, roles) }));
  const targets = [
    ...decided.flatMap(({ target }) => ('target' in target ? [target.target] : [])),
    ...roles.uplinks.flatMap((link) => replyWay(link, host.routes)),
  ];
  const byKey = new Map(targets.map((target) => [wayKey(target), target]));
  const { ways: slots } = allocateSlots(known, [...byKey.keys()]);
  const ways = slots.flatMap(({ key, slot }): readonly SlottedWay[] => {
    const target = byKey.get(key);
    return target === undefined ? [] : [{ ...target, slot }];
  });
  const wayOf = new Map(ways.map((way) => [wayKey(way), way]));
  const deniedBy = denials(neighboursOf(roles.uplinks));
  const networks = decided.map(({ spec, target }): ResolvedNetwork => {
    const denied = deniedBy(spec.destinations);
    if ('blocked' in target)
      return { spec, way: null, blocked: target.blocked, denied, conditions: [] };
    const way = wayOf.get(wayKey(target.target)) ?? null;
    return {
      spec,
      way,
      blocked: way === null ? NO_SLOT : null,
      denied,
      conditions: target.conditions,
    };
  });
  return { networks, ways, slots, roles };
}

const NO_SLOT: Condition = {
  type: 'UplinkSlot',
  ok: false,
  message: 'more uplinks and gateways are in use than there are routing tables for them',
  remedy: 'use fewer different gateways',
};

function targetOf(spec: NetworkSpec, host: HostFacts, roles: LinkRoles): Target {
  const address = spec.egress.ipv4[0];
  const holder = host.links.find((link) => link.addresses.some((held) => held.address === address));
  const held = holder?.addresses.find((candidate) => candidate.address === address);
  if (holder === undefined || held === undefined) {
    return {
      blocked: {
        type: 'AddressOnHost',
        ok: false,
        message: `no interface of this host has the egress address ${address}`,
        remedy: `add it, for example: ip address add ${address}/24 dev INTERFACE; or choose another: sallyport network update ${spec.name} --egress-ip ADDR`,
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
  if (spec.route === 'main') return { target: { kind: 'main' }, conditions: [] };
  return throughUplink(spec, holder, {
    prefix: cidr4(held.address as Ipv4, held.prefix),
    routes: host.routes,
  });
}

function throughUplink(
  spec: NetworkSpec,
  holder: Link,
  { prefix, routes }: { readonly prefix: Cidr4; readonly routes: readonly Route[] },
): Target {
  if (spec.gateway !== null && !isOnLink(holder, spec.gateway)) {
    return {
      blocked: {
        type: 'Gateway',
        ok: false,
        message: `the gateway ${spec.gateway} is in no prefix of ${holder.name}, so it can not be reached there`,
        remedy: `give a router on ${holder.name}: sallyport network update ${spec.name} --gateway ADDR`,
      },
    };
  }
  const nextHop: NextHop =
    spec.gateway === null
      ? preferredHop(nextHopsOf(holder.name, routes), prefix)
      : { kind: 'via', gateway: spec.gateway };
  const conditions = nextHop.kind === 'none' ? [noGateway(spec, holder)] : [];
  return { target: { kind: 'uplink', device: holder.name, nextHop }, conditions };
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
function preferredHop(hops: readonly NextHop[], prefix: Cidr4): NextHop {
  const near = hops.find((hop) => hop.kind === 'via' && contains(prefix, hop.gateway as Ipv4));
  return near ?? hops[0] ?? { kind: 'none' };
}

/** Whether a router can be reached on this link without another router. */
export function isOnLink(link: Link, gateway: Ipv4): boolean {
  return link.addresses.some(
    ({ family, address, prefix }) =>
      family === 'ipv4' && address !== gateway && contains(cidr4(address as Ipv4, prefix), gateway),
  );
}

/** Replies to connections from outside go back by the uplink that these came by. */
function replyWay(link: Link, routes: readonly Route[]): readonly WayTarget[] {
  const nextHop = nextHopsOf(link.name, routes)[0] ?? { kind: 'none' };
  return [{ kind: 'uplink', device: link.name, nextHop }];
}
