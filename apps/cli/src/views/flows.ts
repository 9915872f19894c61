import type { FlowAnswer, FlowEntry } from '@sallyport/contract/flows';
import { renderTable } from '../table.ts';

type Peer = FlowEntry['source'];

const HEAD = ['START', 'END', 'CONTAINER', 'NETWORK', 'PROTOCOL', 'SOURCE', 'LEFT AS', 'TO'];

/** A line for each flow, and what may be missing. */
export function renderFlows({ flows, gaps }: FlowAnswer): string {
  const rows = flows.map((flow) => [
    flow.startedAt === null ? `before ${isoTime(flow.seenAt)}` : isoTime(flow.startedAt),
    endOf(flow),
    flow.container === null ? '?' : `${flow.container.name} (${flow.container.id.slice(0, 12)})`,
    flow.network,
    flow.protocol,
    peerText(flow.source),
    peerText(flow.leaving),
    peerText(flow.destination),
  ]);
  const missing = gaps.map(
    ({ at, reason }) => `Before ${isoTime(at)} flows may be missing: ${reason}.`,
  );
  return [flows.length === 0 ? 'No such flow is known.' : renderTable(HEAD, rows), ...missing]
    .map((text) => `${text}\n`)
    .join('');
}

function endOf({ endedAt, endedBefore }: FlowEntry): string {
  if (endedAt !== null) return isoTime(endedAt);
  return endedBefore === null ? 'lives' : `before ${isoTime(endedBefore)}`;
}

function peerText({ address, port }: Peer): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
