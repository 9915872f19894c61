import type { Route, RoutingDelta, Rule } from '../ports/routing.ts';
import { type DesiredRouting, EVERYTHING } from './desired-routing.ts';
import type { Step } from './steps.ts';
import { isOwnTable } from './uplinks.ts';

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
    // Of IPv6 with its prefix, since `default` alone could be of either family.
    route.destination === EVERYTHING.ipv4 ? 'default' : route.destination,
    route.gateway === null ? '' : ` via ${route.gateway}`,
    // The kernel shows unreachable routes on lo or on no device, by version.
    route.device === null || route.type === 'unreachable' ? '' : ` dev ${route.device}`,
    ` table ${route.table}`,
    route.metric === 0 ? '' : ` metric ${route.metric}`,
  ];
  return parts.join('');
}

/** As `ip rule` spells it, IPv6 named; also what makes two rules the same. */
export function ruleText({ family, priority, from, to, mark, action }: Rule): string {
  const parts = [
    ...(family === 'ipv6' ? ['ipv6'] : []),
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
