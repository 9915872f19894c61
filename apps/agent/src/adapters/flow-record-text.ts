import * as z from 'zod';
import type { FlowRecord, Peer } from '../ports/flows.ts';

/* Short keys: a busy host writes millions of these lines. */

const count = z.int().min(0);
const amountSchema = z.tuple([count, count]).nullable();
const flowSchema = z.object({
  k: z.enum(['start', 'open', 'end']),
  t: count,
  /** Started at. */
  b: count.nullable(),
  i: count,
  p: z.string(),
  /** Source, leaving, destination, answering; each `ADDRESS PORT`. */
  s: z.string(),
  l: z.string(),
  d: z.string(),
  a: z.string(),
  n: z.string(),
  /** Id and name of the container. */
  c: z.tuple([z.string(), z.string()]).nullable(),
  /** Sent and received, packets and bytes. */
  o: amountSchema,
  r: amountSchema,
});
const gapSchema = z.object({ gap: z.string(), t: count });

/** One line, without its end. */
export function formatRecord(record: FlowRecord): string {
  if (record.kind === 'gap') return JSON.stringify({ gap: record.reason, t: record.at });
  const { kind, at, startedAt, flow, network, container } = record;
  const line: z.input<typeof flowSchema> = {
    k: kind,
    t: at,
    b: startedAt,
    i: flow.id,
    p: flow.protocol,
    s: formatPeer(flow.source),
    l: formatPeer(flow.leaving),
    d: formatPeer(flow.destination),
    a: formatPeer(flow.answering),
    n: network,
    c: container === null ? null : [container.id, container.name],
    o: flow.sent === null ? null : [flow.sent.packets, flow.sent.bytes],
    r: flow.received === null ? null : [flow.received.packets, flow.received.bytes],
  };
  return JSON.stringify(line);
}

/** null: a line that a crash has torn, or that is not ours. */
export function parseRecord(line: string): FlowRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  // Only where it is one: a refusal of zod costs far more than a flow.
  if (line.startsWith('{"gap"')) {
    const gap = gapSchema.safeParse(value);
    return gap.success ? { kind: 'gap', at: gap.data.t, reason: gap.data.gap } : null;
  }
  const parsed = flowSchema.safeParse(value);
  if (!parsed.success) return null;
  const { k, t, b, i, p, s, l, d, a, n, c, o, r } = parsed.data;
  return {
    kind: k,
    at: t,
    startedAt: b,
    network: n,
    container: c === null ? null : { id: c[0], name: c[1] },
    flow: {
      id: i,
      protocol: p,
      source: parsePeer(s),
      leaving: parsePeer(l),
      destination: parsePeer(d),
      answering: parsePeer(a),
      sent: o === null ? null : { packets: o[0], bytes: o[1] },
      received: r === null ? null : { packets: r[0], bytes: r[1] },
    },
  };
}

/** What a line that concerns this peer has in it; others may have it too. */
export function needleOf({ address, port }: Partial<Peer>): string {
  if (address !== undefined) return `"${address} ${port ?? ''}`;
  return port === undefined || port === null ? '' : ` ${port}"`;
}

function formatPeer({ address, port }: Peer): string {
  return `${address} ${port ?? ''}`;
}

function parsePeer(text: string): Peer {
  const [address = '', port = ''] = text.split(' ');
  return { address, port: port === '' ? null : Number(port) };
}
