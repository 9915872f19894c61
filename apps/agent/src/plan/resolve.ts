import type { Ipv4 } from '@sallyport/core/ipv4';
import type { Family } from '@sallyport/core/ipv6';
import type { Condition, FormerAddress, NetworkSpec } from '@sallyport/core/network';
import type { Link, Route } from '../ports/routing.ts';
import type { Lease, Way } from '../ports/store.ts';
import { denials, type Denied, neighboursOf } from './denied.ts';
import {
  exit6,
  exits4,
  candidateOf,
  type Candidate,
  exitsDraining,
  type WayHealth,
  type HostFacts,
  indexed,
  type Target,
  targetOf,
} from './find-way.ts';
import { classifyLinks, type LinkRoles, nextHopsOf } from './uplinks.ts';
import { allocateSlots, type SlottedWay, type WayTarget, wayKey } from './ways.ts';

/** A network together with what the host makes of it now. */
export interface ResolvedNetwork {
  readonly spec: NetworkSpec;
  /** Its IPv4 egress addresses, each with its own way. */
  readonly exits: readonly AddressWay[];
  /** Former addresses by which older connections go on, as far as they have a way. */
  readonly draining: readonly AddressWay[];
  /** Why nothing of IPv4 leaves; null: by some address it does. */
  readonly blocked: Condition | null;
  /** The same for IPv6; both null where the network has no IPv6 egress. */
  readonly way6: SlottedWay | null;
  readonly blocked6: Condition | null;
  /** Of a network with fallbacks: what it may leave by, in its order; else empty. */
  readonly candidates: readonly Candidate[];
  /** Who has which address, where every container has one of its own; see leases.ts. */
  readonly leases: readonly Lease[];
  /** Where its containers may not connect to. */
  readonly denied: Denied;
  /** Things that are so and should be seen, blocked or not. */
  readonly conditions: readonly Condition[];
}

/** An egress address and how packets leave by it; without a way, why they can't. */
export interface AddressWay {
  readonly address: Ipv4;
  readonly way: SlottedWay | null;
  readonly blocked: Condition | null;
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

/** Pure: decides for every network by which way its packets leave, or why they can't. */
export function resolve(
  specs: readonly NetworkSpec[],
  host: HostFacts,
  known: readonly Way[],
): Resolution {
  const roles = classifyLinks(host.links, host.docker, new Set(specs.map(({ bridge }) => bridge)));
  const look = { ...indexed(host), roles };
  const decided = specs.map((spec) => ({
    spec,
    ...picked(
      spec,
      exits4(spec).map((exit) => ({ address: exit.address, target: targetOf(exit, look) })),
      host.health ?? null,
    ),
    former: exitsDraining(spec).map((exit) => ({
      address: exit.address,
      target: targetOf(exit, look),
    })),
    target6: mapOrNull(exit6(spec), (exit) => targetOf(exit, look)),
  }));
  const families = specs.some(({ subnet6 }) => subnet6 !== null) ? BOTH : BOTH.slice(0, 1);
  const targets = [
    ...decided
      .flatMap(({ targets: all, former, target6 }) => [
        ...[...all, ...former].map(({ target }) => target),
        ...(target6 === null ? [] : [target6]),
      ])
      .flatMap((target) => ('target' in target ? [target.target] : [])),
    ...families.flatMap((family) =>
      roles.uplinks.flatMap((link) => replyWay(family, link, look.defaults)),
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
  const networks = decided.map((one): ResolvedNetwork => {
    const { spec, targets: own, former, target6, candidates, standIn } = one;
    const ipv4 = own.map(({ address, target }) => ({ address, ...given(target) }));
    const ipv6 = target6 === null ? null : given(target6);
    return {
      spec,
      exits: ipv4.map(({ address, way, blocked }) => ({ address, way, blocked })),
      draining: former.flatMap(({ address, target }) => {
        const { way, blocked } = given(target);
        return way === null ? [] : [{ address, way, blocked }];
      }),
      blocked: ipv4.every(({ way }) => way === null) ? (ipv4[0]?.blocked ?? null) : null,
      way6: ipv6?.way ?? null,
      blocked6: ipv6?.blocked ?? null,
      candidates,
      leases: [],
      denied: deniedBy(spec.destinations),
      conditions: [
        ...uniqueConditions(ipv4.flatMap(({ conditions }) => conditions)),
        ...(ipv6?.conditions ?? []),
        ...(standIn === null ? [] : [standIn]),
        ...spec.former.filter(({ drains }) => drains).map(drainCondition),
      ],
    };
  });
  return { networks, ways, slots, roles };
}

interface Aimed {
  readonly address: Ipv4;
  readonly target: Target;
}

/** Of a network with fallbacks, the one address by which it leaves now, and why it is not its own. */
function picked(spec: NetworkSpec, all: readonly Aimed[], health: WayHealth | null) {
  if (spec.fallback.length === 0) return { targets: all, candidates: [], standIn: null };
  const isSilent = health?.isSilent ?? (() => false);
  const candidates = all.map(({ address, target }) => candidateOf(address, target, isSilent));
  const first = candidates.find(({ usable }) => usable) ?? candidates[0];
  const chosen = health === null ? first?.address : health.pick(spec, candidates);
  const targets = all.filter(({ address }) => address === chosen);
  const [own] = all;
  const standIn =
    own === undefined || chosen === own.address ? null : standInCondition(own, candidates[0]);
  return { targets, candidates, standIn };
}

function standInCondition({ address, target }: Aimed, candidate: Candidate | undefined): Condition {
  const { message, remedy } =
    'blocked' in target
      ? target.blocked
      : candidate?.usable === false && candidate.router !== null
        ? {
            message: `its gateway ${candidate.router.gateway} on ${candidate.router.device} does not answer`,
            remedy: `look after ${candidate.router.gateway}; the network goes back by itself`,
          }
        : { message: 'it can be used again, and has to be so for a while', remedy: '' };
  return {
    type: 'Fallback',
    ok: false,
    message: `that stands in for ${address}: ${message}`,
    remedy,
  };
}

function drainCondition({ address, until }: FormerAddress): Condition {
  const message = `connections that began by ${address} may go on by it until ${new Date(until).toISOString()}`;
  return { type: 'Draining', ok: true, message, remedy: '' };
}

interface Given extends Omit<AddressWay, 'address'> {
  readonly conditions: readonly Condition[];
}

/** What several addresses of one interface have to say is said once. */
function uniqueConditions(conditions: readonly Condition[]): readonly Condition[] {
  return [...new Map(conditions.map((one) => [one.message, one])).values()];
}

const BOTH = ['ipv4', 'ipv6'] as const;

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

/** Replies to connections from outside go back by the uplink that these came by. */
function replyWay(family: Family, link: Link, routes: readonly Route[]): readonly WayTarget[] {
  if (!link.addresses.some((held) => held.family === family && held.scope !== 'link')) return [];
  const nextHop = nextHopsOf(family, link.name, routes)[0] ?? { kind: 'none' };
  return [{ family, kind: 'uplink', device: link.name, nextHop }];
}
