import {
  type Cidr4,
  EVERYTHING4,
  parseCidr4,
  subtract,
  withoutCovered,
} from '@sallyport/core/cidr4';
import {
  MARK_MASK,
  markOf,
  RULE_CLOSED,
  RULE_INWARDS,
  RULE_OUTWARDS,
  tableOf,
} from '../constants.ts';
import type { Route, RoutingDelta, Rule } from '../ports/routing.ts';
import type { Step } from './steps.ts';
import { isOwnTable } from './uplinks.ts';
import type { SlottedWay } from './ways.ts';

/** linux/rtnetlink.h RT_TABLE_MAIN. */
const MAIN_TABLE = 254;
/** The worst metric there is: taken only when every other default route is gone. */
const LAST_RESORT = 2 ** 32 - 1;

export interface DesiredRouting {
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
}

interface RoutingInput {
  readonly ways: readonly SlottedWay[];
  readonly subnets: readonly Cidr4[];
  readonly managedBridges: ReadonlySet<string>;
  readonly pool: Cidr4;
  /** The host's routes as observed. */
  readonly routes: readonly Route[];
}

/**
 * The rules, in the order in which a packet meets them, their number independent of the number of
 * networks as long as subnets come from the pool:
 * 1. to a managed prefix: the main table, which knows the bridges, but not its default route;
 * 2. with a way's mark: that way's own table, which ends in `unreachable`;
 * 3. from a managed prefix without a mark: unreachable, so that losing the nftables table closes.
 */
export function desiredRouting(input: RoutingInput): DesiredRouting {
  if (input.subnets.length === 0) return { routes: [], rules: [] };
  const prefixes = managedPrefixes(input);
  return {
    routes: input.ways.flatMap((way) => routesOf(way, input.routes)),
    rules: [
      ...prefixes.map((to) => rule(RULE_INWARDS, { to, action: lookup(MAIN_TABLE, 0) })),
      ...input.ways.map(outwards),
      ...prefixes.map((from) => rule(RULE_CLOSED, { from, action: { kind: 'unreachable' } })),
    ],
  };
}

/**
 * The pool as a whole, without what the host itself routes within it: a rule `from` one of the host's
 * own networks would cut the host off. Subnets from elsewhere come with a prefix of their own.
 */
export function managedPrefixes(input: Omit<RoutingInput, 'ways'>): readonly Cidr4[] {
  const foreign = input.routes
    .filter(
      ({ table, type, destination, device }) =>
        table === MAIN_TABLE &&
        type === 'unicast' &&
        destination !== EVERYTHING4 &&
        (device === null || !input.managedBridges.has(device)),
    )
    .map(({ destination }) => parseCidr4(destination));
  return withoutCovered([...subtract(input.pool, foreign), ...input.subnets]);
}

/** What is missing, and what of ours is too much. */
export function compareRouting(
  desired: DesiredRouting,
  actual: { readonly routes: readonly Route[]; readonly rules: readonly Rule[] },
): RoutingDelta {
  const ownRoutes = actual.routes.filter(({ table }) => isOwnTable(table));
  return {
    addRoutes: missing(desired.routes, ownRoutes, routeText),
    addRules: missing(desired.rules, actual.rules, ruleText),
    removeRules: missing(actual.rules, desired.rules, ruleText),
    removeRoutes: missing(ownRoutes, desired.routes, routeText),
  };
}

/** The steps before the table is changed: all ways and rules that are missing, but for closing ones. */
export function planOpening(difference: RoutingDelta): readonly Step[] {
  return change({
    ...NOTHING,
    addRoutes: difference.addRoutes,
    addRules: difference.addRules.filter((r) => !isClosing(r)),
  });
}

/** The step after the table has its marks: close what has no mark. */
export function planClosing(difference: RoutingDelta): readonly Step[] {
  return change({ ...NOTHING, addRules: difference.addRules.filter(isClosing) });
}

/** The step at the end: what nobody needs any more. */
export function planTidying(difference: RoutingDelta): readonly Step[] {
  return change({
    ...NOTHING,
    removeRules: difference.removeRules,
    removeRoutes: difference.removeRoutes,
  });
}

const NOTHING: RoutingDelta = { addRoutes: [], addRules: [], removeRules: [], removeRoutes: [] };

function change(delta: RoutingDelta): readonly Step[] {
  const lines = [
    ...delta.addRoutes.map((route) => `route missing: ${routeText(route)}`),
    ...delta.addRules.map((one) => `rule missing: ${ruleText(one)}`),
    ...delta.removeRules.map((one) => `rule not needed: ${ruleText(one)}`),
    ...delta.removeRoutes.map((route) => `route not needed: ${routeText(route)}`),
  ];
  if (lines.length === 0) return [];
  return [{ kind: 'routing.change', args: delta, network: null, why: lines.join('; ') }];
}

function isClosing({ action }: Rule): boolean {
  return action.kind === 'unreachable';
}

function outwards(way: SlottedWay): Rule {
  return rule(RULE_OUTWARDS + way.slot, {
    mark: { value: markOf(way.slot), mask: MARK_MASK },
    action: lookup(way.kind === 'main' ? MAIN_TABLE : tableOf(way.slot), null),
  });
}

function rule(priority: number, parts: Partial<Rule> & Pick<Rule, 'action'>): Rule {
  return { from: null, to: null, mark: null, ...parts, priority };
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
        route.destination !== EVERYTHING4,
    )
    .map((route) => ({ ...route, table }));
  return [...firstOfEach(copies), ...defaultRoute(way, table), unreachable(table)];
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
      destination: EVERYTHING4,
      device: way.device,
      gateway,
      metric: 0,
      scope: gateway === null ? 'link' : 'global',
      onlink: false,
    },
  ];
}

function unreachable(table: number): Route {
  return {
    table,
    type: 'unreachable',
    destination: EVERYTHING4,
    device: null,
    gateway: null,
    metric: LAST_RESORT,
    scope: 'global',
    onlink: false,
  };
}

function missing<T>(
  wanted: readonly T[],
  present: readonly T[],
  text: (item: T) => string,
): readonly T[] {
  const known = new Set(present.map(text));
  return wanted.filter((item) => !known.has(text(item)));
}

/** As `ip route` spells it; also what makes two routes the same. */
export function routeText(route: Route): string {
  const parts = [
    route.type === 'unicast' ? '' : `${route.type} `,
    route.destination === EVERYTHING4 ? 'default' : route.destination,
    route.gateway === null ? '' : ` via ${route.gateway}`,
    // The kernel shows unreachable routes on lo or on no device, by version.
    route.device === null || route.type === 'unreachable' ? '' : ` dev ${route.device}`,
    ` table ${route.table}`,
    route.metric === 0 ? '' : ` metric ${route.metric}`,
  ];
  return parts.join('');
}

/** As `ip rule` spells it; also what makes two rules the same. */
export function ruleText({ priority, from, to, mark, action }: Rule): string {
  const parts = [
    `${priority}:`,
    `from ${from ?? 'all'}`,
    ...(to === null ? [] : [`to ${to}`]),
    ...(mark === null ? [] : [`fwmark 0x${mark.value.toString(16)}/0x${mark.mask.toString(16)}`]),
    action.kind === 'unreachable'
      ? 'unreachable'
      : `lookup ${action.table}${action.suppressPrefixLength === null ? '' : ` suppress_prefixlength ${action.suppressPrefixLength}`}`,
  ];
  return parts.join(' ');
}
