import { RULES } from '../constants.ts';
import type { Route, Routing, RoutingDelta, Rule } from '../ports/routing.ts';
import { runIpBatch } from './ip-batch.ts';
import { parseLinks, parseRoutes, parseRules } from './ip-json.ts';
import { memoByText } from './memo-by-text.ts';
import { refusing } from './refusal.ts';
import type { Run } from './run.ts';

/** Interfaces, routes and rules by iproute2. */
export function createIpCli(run: Run): Routing {
  const read = async (...args: string[]): Promise<string> =>
    (await refusing('ip can not read the host', run('ip', args))).stdout;
  const readLinks = memoByText(parseLinks);
  const readRoutes = memoByText(parseRoutes);
  const readRules = memoByText(parseRules);
  return {
    links: async () => readLinks(await read('-j', 'address')),
    routes: async () => readRoutes(await read('-N', '-4', '-j', 'route', 'show', 'table', 'all')),

    async ownRules() {
      return readRules(await read('-N', '-4', '-j', 'rule')).filter(
        ({ priority }) => priority >= RULES.first && priority <= RULES.last,
      );
    },

    apply: (delta) => runIpBatch(run, commandsOf(delta)),

    textOf: (rules) => `${rules.map((rule) => `rule add ${ruleArguments(rule)}`).join('\n')}\n`,
  };
}

function commandsOf({
  addRoutes,
  addRules,
  removeRules,
  removeRoutes,
}: RoutingDelta): readonly string[] {
  return [
    // Not `add`: a default route by another gateway may be in the place, and there must be no moment
    // without one.
    ...addRoutes.map((route) => `route replace ${routeArguments(route)}`),
    ...addRules.map((rule) => `rule add ${ruleArguments(rule)}`),
    ...removeRules.map((rule) => `rule del ${ruleArguments(rule)}`),
    ...removeRoutes.map((route) => `route del ${routeArguments(route)}`),
  ];
}

function routeArguments({
  table,
  type,
  destination,
  device,
  gateway,
  metric,
  scope,
  onlink,
}: Route): string {
  const parts = [
    type === 'unreachable' ? 'unreachable' : '',
    destination === '0.0.0.0/0' ? 'default' : destination,
    gateway === null ? '' : `via ${gateway}`,
    device === null || type === 'unreachable' ? '' : `dev ${device}`,
    `table ${table}`,
    metric === 0 ? '' : `metric ${metric}`,
    // Named, or `route del` takes one through a gateway as well: the kernel does not ask for what is
    // not given (fib_table_delete).
    scope === 'link' ? 'scope link' : '',
    onlink ? 'onlink' : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function ruleArguments({ priority, from, to, mark, action }: Rule): string {
  const parts = [
    `priority ${priority}`,
    from === null ? '' : `from ${from}`,
    to === null ? '' : `to ${to}`,
    mark === null ? '' : `fwmark 0x${mark.value.toString(16)}/0x${mark.mask.toString(16)}`,
    action.kind === 'unreachable' ? 'unreachable' : `lookup ${action.table}`,
    action.kind === 'lookup' && action.suppressPrefixLength !== null
      ? `suppress_prefixlength ${action.suppressPrefixLength}`
      : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}
