import type { NetworkView } from '@sallyport/contract/network';
import { destinationPairs } from '../destinations.ts';
import { type Style, stateWord } from '../style.ts';
import { renderPairs, renderTable } from '../table.ts';

/** How the packets of a network go out, as half a sentence. */
function wayOut({ egress, route, uplink, nextHop }: NetworkView): string {
  const source = `as ${egress.ipv4.join(', ')}`;
  if (route === 'main') return `${source}, where the main routing table says`;
  if (uplink === null) return `${source}, by no interface now`;
  const hop = nextHop === null ? 'to its own link only' : `by the gateway ${nextHop}`;
  return `${source}, through ${uplink}, ${hop}`;
}

/** State, reason and remedy, a line each. */
function renderState(style: Style, { state, reason, remedy }: NetworkView): string {
  const lines = [`${stateWord(style, state)}: ${reason}`];
  return [...lines, ...(remedy === '' ? [] : [`  ${remedy}`])].join('\n');
}

/** After a change: how it leaves now, or why it does not. */
export function renderStanding(style: Style, network: NetworkView): string {
  if (network.state !== 'Ready') return renderState(style, network);
  return `${stateWord(style, network.state)}: it leaves ${wayOut(network)}.`;
}

/** All of one network. */
export function renderNetwork(style: Style, network: NetworkView): string {
  const { name, subnet, bridge, route, gateway, dns, origin, createdAt, conditions } = network;
  const facts = renderPairs(
    [
      ['Leaves', wayOut(network)],
      ['Subnet', subnet],
      ['Bridge', bridge],
      ['Route', route],
      ['Gateway', gateway ?? 'found in the routes of the host'],
      ['DNS', dns.join(', ') || 'none of its own'],
      ...destinationPairs(network.destinations),
      ['Made', `${new Date(createdAt).toISOString()} (${origin})`],
    ],
    '  ',
  );
  const rows = conditions.map(({ type, ok, message, remedy }) => [
    stateWord(style, ok ? 'ok' : 'no'),
    type,
    ok || remedy === '' ? message : `${message} ${style('dim', `(${remedy})`)}`,
  ]);
  const checks = rows.length === 0 ? [] : ['', 'Conditions', renderTable([], rows, '  ')];
  return [style('bold', name), renderState(style, network), '', facts, ...checks, ''].join('\n');
}

/** The line with which a container is started on it. Docker gives containers no name server of a network. */
export function dockerRunLine({ name, dns }: NetworkView): string {
  const servers = dns.map((server) => `--dns ${server} `).join('');
  return `docker run --rm -it --network ${name} ${servers}IMAGE`;
}
