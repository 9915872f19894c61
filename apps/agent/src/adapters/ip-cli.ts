import { SallyportError } from '@sallyport/contract/errors';
import { RULES } from '../constants.ts';
import type { Route, Routing, RoutingDelta, Rule } from '../ports/routing.ts';
import { parseLinks, parseRoutes, parseRules } from './ip-json.ts';
import { refusing } from './refusal.ts';
import type { Run } from './run.ts';

/** Interfaces, routes and rules by iproute2. */
export function createIpCli(run: Run): Routing {
  const read = async (...args: string[]): Promise<string> =>
    (await refusing('ip can not read the host', run('ip', args))).stdout;
  return {
    links: async () => parseLinks(await read('-j', 'address')),
    routes: async () => parseRoutes(await read('-N', '-4', '-j', 'route', 'show', 'table', 'all')),

    async ownRules() {
      const rules = parseRules(await read('-N', '-4', '-j', 'rule'));
      return rules.filter(({ priority }) => priority >= RULES.first && priority <= RULES.last);
    },

    async apply(delta) {
      const commands = commandsOf(delta);
      if (commands.length === 0) return;
      // With -force a command that fails does not keep the others from being tried.
      const { stderr } = await refusing(
        'ip refused the routing',
        run('ip', ['-4', '-force', '-batch', '-'], {
          stdin: `${commands.join('\n')}\n`,
          allowFailure: true,
        }),
      );
      const failure = firstFailure(stderr, commands);
      if (failure !== null) {
        throw new SallyportError('host_refused', `ip refused: ${failure}`, {
          remedy: 'See: sallyport doctor',
        });
      }
    },

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
    ...addRoutes.map((route) => `route add ${routeArguments(route)}`),
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
  onlink,
}: Route): string {
  const parts = [
    type === 'unreachable' ? 'unreachable' : '',
    destination === '0.0.0.0/0' ? 'default' : destination,
    gateway === null ? '' : `via ${gateway}`,
    device === null || type === 'unreachable' ? '' : `dev ${device}`,
    `table ${table}`,
    metric === 0 ? '' : `metric ${metric}`,
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

/** EEXIST of an add, ENOENT and ESRCH of a removal: what was wanted is so already. */
const HARMLESS: Readonly<Record<string, RegExp>> = {
  add: /File exists/,
  del: /No such file or directory|No such process/,
};

/** `ip -batch` prints a message and then `Command failed -:LINE` for each command that failed. */
function firstFailure(stderr: string, commands: readonly string[]): string | null {
  let message = '';
  for (const line of stderr.split('\n')) {
    const failed = /^Command failed .*:(\d+)$/.exec(line);
    if (failed === null) {
      if (line !== '') message = line;
      continue;
    }
    const command = commands[Number(failed[1]) - 1] ?? '';
    const verb = command.split(' ')[1] ?? '';
    if (HARMLESS[verb]?.test(message) !== true) return `${command}: ${message}`;
  }
  return null;
}
