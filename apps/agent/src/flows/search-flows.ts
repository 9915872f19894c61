import type { FlowAnswer, FlowEntry, FlowQuery } from '@sallyport/contract/flows';
import type { FlowGap, FlowRecord, FlowStore, TrackedFlow } from '../ports/flows.ts';

type OfFlow = Exclude<FlowRecord, FlowGap>;

/** The records of one flow that were met so far, going backwards. */
interface Trail {
  readonly oldest: OfFlow;
  readonly newest: OfFlow;
  /** The gap that came next after the newest record. */
  readonly gap: FlowGap | null;
}

/**
 * Answers from the log, newest first. A flow has a record of its beginning and one of its end, and one
 * whenever the agent looked at what lives; the search goes backwards and joins them.
 */
export async function searchFlows(
  store: Pick<FlowStore, 'read'>,
  query: FlowQuery,
): Promise<FlowAnswer> {
  const { limit, since = 0, until = Number.MAX_SAFE_INTEGER, address, port } = query;
  const trails = new Map<string, Trail>();
  const gaps: FlowGap[] = [];
  const found: FlowEntry[] = [];
  const take = (trail: Trail | undefined): void => {
    const entry = trail === undefined ? null : entryOf(trail);
    if (entry !== null && matches(entry, { ...query, since, until })) found.push(entry);
  };
  const wanted = { ...(address !== undefined && { address }), ...(port !== undefined && { port }) };
  for await (const records of store.read(wanted)) {
    for (const record of records.toReversed()) {
      if (record.kind === 'gap') {
        gaps.push(record);
        continue;
      }
      const key = keyOf(record);
      const trail = trails.get(key);
      // The kernel has used the number again: what was met belongs to a later flow.
      if (record.kind === 'end') take(trail);
      const alone = trail === undefined || record.kind === 'end';
      const now: Trail = alone
        ? { oldest: record, newest: record, gap: gaps.at(-1) ?? null }
        : { ...trail, oldest: record };
      trails.set(key, now);
      if (record.kind !== 'start') continue;
      take(now);
      trails.delete(key);
    }
    if (found.length >= limit) break;
  }
  for (const trail of trails.values()) take(trail);
  return {
    flows: found.toSorted((a, b) => b.seenAt - a.seenAt).slice(0, limit),
    gaps: gaps
      .filter(({ at }) => at >= since && at <= until)
      .map(({ at, reason }) => ({ at, reason }))
      .slice(0, limit),
  };
}

function matches(
  entry: FlowEntry,
  {
    network,
    container,
    since,
    until,
  }: Pick<FlowQuery, 'network' | 'container'> & { readonly since: number; readonly until: number },
): boolean {
  const last = entry.endedAt ?? entry.endedBefore;
  if (entry.seenAt > until || (last !== null && last < since)) return false;
  if (network !== undefined && entry.network !== network) return false;
  return container === undefined || isContainer(entry, container);
}

function isContainer({ container }: FlowEntry, asked: string): boolean {
  if (container === null) return false;
  return container.name === asked || (asked.length >= 12 && container.id.startsWith(asked));
}

function entryOf({ oldest, newest, gap }: Trail): FlowEntry {
  const { flow } = newest;
  const ended = newest.kind === 'end';
  const startedAt = oldest.startedAt ?? newest.startedAt;
  return {
    startedAt,
    seenAt: startedAt ?? oldest.at,
    endedAt: ended ? newest.at : null,
    // The agent looked at all living flows after the gap, and this was not among them.
    endedBefore: ended ? null : (gap?.at ?? null),
    protocol: flow.protocol,
    source: { ...flow.source },
    destination: { ...flow.destination },
    leaving: { ...flow.leaving },
    answering: { ...flow.answering },
    network: oldest.network,
    container: oldest.container ?? newest.container,
    sent: ended ? copyOf(flow.sent) : null,
    received: ended ? copyOf(flow.received) : null,
  };
}

function copyOf(amount: TrackedFlow['sent']): FlowEntry['sent'] {
  return amount === null ? null : { ...amount };
}

function keyOf({ flow }: OfFlow): string {
  const { id, protocol, source, leaving, destination } = flow;
  const peers = [source, leaving, destination].map(({ address, port }) => `${address} ${port}`);
  return `${id} ${protocol} ${peers.join(' ')}`;
}
