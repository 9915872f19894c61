import { SallyportError } from '@sallyport/contract/errors';
import { type Family, familyOf } from '@sallyport/core/ipv6';
import type { Route, Routing, RoutingDelta, Rule } from '../ports/routing.ts';
import { runIpBatch } from './ip-batch.ts';
import { parseLinks, parseRoutes, parseRules } from './ip-json.ts';
import { memoByText } from './memo-by-text.ts';
import { refusing } from './refusal.ts';
import type { Run } from './run.ts';

/** One program for three: starting it costs more than what it does, and it looks names up once. */
const LOOK = ['address show', 'route show table all', 'rule show'] as const;

/** Interfaces, routes and rules by iproute2. */
export function createIpCli(run: Run): Routing {
  const readLinks = memoByText(parseLinks);
  const readRoutes = memoByText(parseRoutes);
  const readRules = memoByText((text: string) => parseRules(text, 'ipv4'));
  const readRules6 = memoByText((text: string) => parseRules(text, 'ipv6'));
  return {
    async observe() {
      const look = run('ip', ['-N', '-j', '-batch', '-'], {
        stdin: `${LOOK.join('\n')}\n`,
        littleAtATime: true,
      });
      // Rules of one family alone can be asked for in one call.
      const look6 = run('ip', ['-6', '-N', '-j', 'rule', 'show']);
      const [{ stdout }, rules6] = await refusing(
        'ip can not read the host',
        Promise.all([look, look6]),
      );
      // Each command prints one line.
      const [links, routes, rules] = stdout.split('\n');
      if (links === undefined || routes === undefined || rules === undefined)
        throw new SallyportError('host_refused', `ip printed less than was asked for: ${stdout}`);
      return {
        links: readLinks(links),
        routes: readRoutes(routes),
        rules: [...readRules(rules), ...readRules6(rules6.stdout)],
      };
    },

    apply: (delta) => runIpBatch(run, commandsOf(delta)),

    textOf: (rules) => `${rules.map(addRule).join('\n')}\n`,
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
    ...addRoutes.map(
      (route) => `${flag(familyOf(route.destination))} route replace ${routeArguments(route)}`,
    ),
    ...addRules.map(addRule),
    ...removeRules.map((rule) => `${flag(rule.family)} rule del ${ruleArguments(rule)}`),
    ...removeRoutes.map(
      (route) => `${flag(familyOf(route.destination))} route del ${routeArguments(route)}`,
    ),
  ];
}

function addRule(rule: Rule): string {
  return `${flag(rule.family)} rule add ${ruleArguments(rule)}`;
}

function flag(family: Family): string {
  return family === 'ipv4' ? '-4' : '-6';
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
    destination.endsWith('/0') ? 'default' : destination,
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
