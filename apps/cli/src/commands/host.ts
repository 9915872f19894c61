import type { HostView } from '@sallyport/contract/host';
import { defineCommand } from '../command.ts';
import { type Style, stateWord } from '../style.ts';
import { renderPairs, renderTable } from '../table.ts';

export const host = defineCommand({
  description:
    'Shows the interfaces of the host, their addresses, and for each address whether a network can\n' +
    'leave by it, and why not. Bridges of Docker are left out; --all and --json show them.',
  options: { all: { summary: 'Also loopback and the bridges of Docker' } },
  examples: [
    'sallyport host',
    "sallyport host --json | jq -r '.interfaces[].addresses[] | select(.egress) | .address'",
  ],
  run: async ({ call, style }, { options }) => {
    const view = await call('host', {});
    return { json: view, text: () => renderHost(style, view, options.all) };
  },
});

function renderHost(style: Style, view: HostView, all: boolean): string {
  const { interfaces, pool, kernel, docker, drops, agent } = view;
  const shown = interfaces.filter(({ role }) => all || role === 'uplink');
  const rows = shown.flatMap((link) => addressRows(style, link));
  const hidden = interfaces.length - shown.length;
  const stopped = Object.entries(drops)
    .filter(([, { packets }]) => packets > 0)
    .map(([reason, { packets }]) => `${reason} ${packets}`);
  const facts = renderPairs([
    ['Pool', `${pool.prefix} in /${pool.size}: ${pool.used} of ${pool.capacity} in use`],
    ['Kernel', kernel],
    ['Docker', docker.version ?? 'does not answer'],
    ['Packets stopped', stopped.join(', ') || 'none'],
    ['Agent', `${agent.version}, state in ${agent.stateDir}`],
    ['Last run', lastRun(view)],
  ]);
  return [
    renderTable(['INTERFACE', 'LINK', 'GATEWAY', 'ADDRESS', 'EGRESS', 'NETWORKS'], rows),
    ...(hidden > 0 ? [style('dim', `${hidden} more with --all`)] : []),
    '',
    facts,
    '',
  ].join('\n');
}

function addressRows(
  style: Style,
  { name, up, gateways, addresses }: HostView['interfaces'][number],
): readonly (readonly string[])[] {
  const link = [name, stateWord(style, up ? 'up' : 'down'), gateways[0] ?? '-'];
  if (addresses.length === 0) return [[...link, '-', '', '']];
  return addresses.map(({ address, prefix, egress, reason, networks }, index) => [
    ...(index === 0 ? link : ['', '', '']),
    `${address}/${prefix}`,
    egress ? stateWord(style, 'yes') : `${stateWord(style, 'no')}: ${reason}`,
    networks.join(', '),
  ]);
}

function lastRun({ agent: { lastReconcile } }: HostView): string {
  if (lastReconcile === null) return 'none yet';
  const { at, durationMs, steps, errors } = lastReconcile;
  const outcome = errors.length === 0 ? 'no errors' : errors.join('; ');
  return `${new Date(at).toISOString()}, ${steps} steps in ${Math.round(durationMs)} ms, ${outcome}`;
}
