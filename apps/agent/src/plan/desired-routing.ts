import { EVERYTHING4, parseCidr4, subtract, withoutCovered } from '@sallyport/core/cidr4';
import { type Family, familyOf } from '@sallyport/core/ipv6';
import type { Prefix } from '@sallyport/core/prefix';
import { subtractPrefixes, withoutCoveredPrefixes } from '@sallyport/core/prefix-sets';
import {
  MARK_MASK,
  markOf,
  RULE_CLOSED,
  RULE_INWARDS,
  RULE_OUTWARDS,
  tableOf,
} from '../constants.ts';
import type { Route, Rule } from '../ports/routing.ts';
import type { SlottedWay } from './ways.ts';

/** linux/rtnetlink.h RT_TABLE_MAIN. */
const MAIN_TABLE = 254;
/** The worst metric there is: taken only when every other default route is gone. */
const LAST_RESORT = 2 ** 32 - 1;
/** The metric of a route that names none; IPv6 knows no 0 (IP6_RT_PRIO_USER of linux/ipv6_route.h). */
const DEFAULT_METRIC: Readonly<Record<Family, number>> = { ipv4: 0, ipv6: 1024 };
const FAMILIES = ['ipv4', 'ipv6'] as const;

export const EVERYTHING: Readonly<Record<Family, string>> = { ipv4: EVERYTHING4, ipv6: '::/0' };

export interface DesiredRouting {
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
}

interface RoutingInput {
  readonly ways: readonly SlottedWay[];
  /** Subnets of managed networks, of both families. */
  readonly subnets: readonly string[];
  readonly managedBridges: ReadonlySet<string>;
  /** Where subnets come from, one pool for each family. */
  readonly pools: Readonly<Record<Family, string>>;
  /** The host's routes as observed. */
  readonly routes: readonly Route[];
}

/**
 * For each family in use the rules, in the order in which a packet meets them, their number independent
 * of the number of networks as long as subnets come from the pool:
 * 1. to a managed prefix: the main table, which knows the bridges, but not its default route;
 * 2. with a way's mark: that way's own table, which ends in `unreachable`;
 * 3. from a managed prefix without a mark: unreachable, so that losing the nftables table closes.
 */
export function desiredRouting(input: RoutingInput): DesiredRouting {
  const families = FAMILIES.map((family) => routingOf(family, input));
  return {
    routes: families.flatMap(({ routes }) => routes),
    rules: families.flatMap(({ rules }) => rules),
  };
}

function routingOf(family: Family, input: RoutingInput): DesiredRouting {
  const prefixes = managedPrefixes(family, input);
  if (prefixes.length === 0) return { routes: [], rules: [] };
  const ways = input.ways.filter((way) => way.family === family);
  const rule = ruleOf(family);
  return {
    routes: ways.flatMap((way) => routesOf(way, input.routes)),
    rules: [
      ...prefixes.map((to) => rule(RULE_INWARDS, { to, action: lookup(MAIN_TABLE, 0) })),
      ...ways.map((way) =>
        rule(RULE_OUTWARDS + way.slot, {
          mark: { value: markOf(way.slot), mask: MARK_MASK },
          action: lookup(way.kind === 'main' ? MAIN_TABLE : tableOf(way.slot), null),
        }),
      ),
      ...prefixes.map((from) => rule(RULE_CLOSED, { from, action: { kind: 'unreachable' } })),
    ],
  };
}

/**
 * The pool as a whole, without what the host itself routes within it: a rule `from` one of the host's
 * own networks would cut the host off. Subnets from elsewhere come with a prefix of their own. Nothing
 * where no network has a subnet of this family.
 */
export function managedPrefixes(
  family: Family,
  { subnets, managedBridges, pools, routes }: Omit<RoutingInput, 'ways'>,
): readonly string[] {
  const own = subnets.filter((subnet) => familyOf(subnet) === family);
  if (own.length === 0) return [];
  const foreign = routes
    .filter(
      ({ table, type, destination, device }) =>
        table === MAIN_TABLE &&
        type === 'unicast' &&
        familyOf(destination) === family &&
        destination !== EVERYTHING[family] &&
        (device === null || !managedBridges.has(device)),
    )
    .map(({ destination }) => destination);
  const pool = pools[family];
  if (family === 'ipv4') {
    const left = subtract(parseCidr4(pool), foreign.map(parseCidr4));
    return withoutCovered([...left, ...own.map(parseCidr4)]);
  }
  const left = subtractPrefixes(pool as Prefix, foreign as Prefix[]);
  return withoutCoveredPrefixes([...left, ...(own as Prefix[])]);
}

function ruleOf(family: Family) {
  return (priority: number, parts: Partial<Rule> & Pick<Rule, 'action'>): Rule => ({
    from: null,
    to: null,
    mark: null,
    ...parts,
    family,
    priority,
  });
}

function lookup(table: number, suppressPrefixLength: number | null): Rule['action'] {
  return { kind: 'lookup', table, suppressPrefixLength };
}

/**
 * A way's table: what the main table reaches through the same interface, then the default route, then
 * the end. Destinations beyond another interface go to this way's gateway, never through the other.
 */
function routesOf(way: SlottedWay, routes: readonly Route[]): readonly Route[] {
  if (way.kind === 'main') return [];
  const table = tableOf(way.slot);
  const copies = routes
    .filter(
      (route) =>
        route.table === MAIN_TABLE &&
        route.type === 'unicast' &&
        route.device === way.device &&
        familyOf(route.destination) === way.family &&
        route.destination !== EVERYTHING[way.family],
    )
    .map((route) => ({ ...route, table }));
  return [...firstOfEach(copies), ...defaultRoute(way, table), unreachable(way.family, table)];
}

/**
 * A table holds one route for each prefix and metric. Of a route with several next hops on this link the
 * first is copied: two that take each other's place would never settle.
 */
function firstOfEach(routes: readonly Route[]): readonly Route[] {
  const seen = new Set<string>();
  return routes.filter(({ destination, metric }) => {
    const key = `${destination} ${metric}`;
    const isFirst = !seen.has(key);
    seen.add(key);
    return isFirst;
  });
}

function defaultRoute(way: SlottedWay & { kind: 'uplink' }, table: number): readonly Route[] {
  if (way.nextHop.kind === 'none') return [];
  const gateway = way.nextHop.kind === 'via' ? way.nextHop.gateway : null;
  return [
    {
      table,
      type: 'unicast',
      destination: EVERYTHING[way.family],
      device: way.device,
      gateway,
      metric: DEFAULT_METRIC[way.family],
      // IPv6 routes have no scope.
      scope: gateway === null && way.family === 'ipv4' ? 'link' : 'global',
      onlink: false,
    },
  ];
}

function unreachable(family: Family, table: number): Route {
  return {
    table,
    type: 'unreachable',
    destination: EVERYTHING[family],
    device: null,
    gateway: null,
    metric: LAST_RESORT,
    scope: 'global',
    onlink: false,
  };
}
