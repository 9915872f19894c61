import type { NetworkView } from '@sallyport/contract/network';
import { bandwidthPairs } from '../bandwidth.ts';
import { destinationPairs } from '../destinations.ts';
import { type Style, stateWord } from '../style.ts';
import { renderPairs, renderTable } from '../table.ts';

/** A pool may have a thousand addresses. */
const SHOWN = 4;

/** The addresses, or the first ones and how many more there are. */
export function addressesText(addresses: readonly string[], comma: string): string {
  const more = addresses.length - SHOWN;
  const text = addresses.slice(0, SHOWN).join(comma);
  return more > 0 ? `${text}${comma}… (${more} more)` : text;
}

/** How the packets of a network go out, as half a sentence for each family. */
function wayOut(network: NetworkView): string {
  const { egress, uplink, nextHop, uplink6, nextHop6 } = network;
  const ipv4 = familyOut(network, { addresses: egress.ipv4, uplink, nextHop });
  if (egress.ipv6.length === 0) return ipv4;
  const six = { addresses: egress.ipv6, uplink: uplink6, nextHop: nextHop6 };
  return `${ipv4}; ${familyOut(network, six)}`;
}

interface FamilyOut {
  readonly addresses: readonly string[];
  readonly uplink: string | null;
  readonly nextHop: string | null;
}

function familyOut({ route }: NetworkView, { addresses, uplink, nextHop }: FamilyOut): string {
  const source = `as ${addressesText(addresses, ', ')}`;
  if (route === 'main') return `${source}, where the main routing table says`;
  if (uplink === null) return `${source}, by no interface now`;
  const hop = nextHop === null ? 'to its own link only' : `by the gateway ${nextHop}`;
  return `${source}, through ${uplink}, ${hop}`;
}

/** `subnet 10.208.0.0/24` or `subnets 10.208.0.0/24 and fd73:616c:6c79::/64` */
export function subnetsText({ subnet, subnet6 }: NetworkView): string {
  return subnet6 === null ? `subnet ${subnet}` : `subnets ${subnet} and ${subnet6}`;
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
  const { name, bridge, route, gateway, dns, origin, createdAt, conditions } = network;
  const facts = renderPairs(
    [
      ['Leaves', wayOut(network)],
      ['Fallback', network.fallback.join(', ')],
      ['Assigned', network.assign === 'shared' ? '' : 'an address of its own to each container'],
      ['On change', network.onChange === 'reset' ? '' : 'connections go on by the former address'],
      ['Subnet', network.subnet],
      ...ipv6Pairs(network),
      ['Bridge', bridge],
      ['Route', route],
      ['Gateway', gateway ?? 'found in the routes of the host'],
      ['DNS', dns.join(', ') || 'none of its own'],
      ...destinationPairs(network.destinations),
      ...bandwidthPairs(network.bandwidth),
      ['Strict', network.strict ? 'yes' : ''],
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

/** Of a network with IPv6. */
function ipv6Pairs({ subnet6, egress, gateway6 }: NetworkView): readonly [string, string][] {
  if (subnet6 === null) return [];
  if (egress.ipv6.length === 0) return [['IPv6', `${subnet6}, and nothing of it leaves`]];
  const gateway = gateway6 === null ? '' : `, gateway ${gateway6}`;
  return [['IPv6', `${subnet6}${gateway}`]];
}

/** The line with which a container is started on it. Docker gives containers no name server of a network. */
export function dockerRunLine({ name, dns }: NetworkView): string {
  const servers = dns.map((server) => `--dns ${server} `).join('');
  return `docker run --rm -it --network ${name} ${servers}IMAGE`;
}
