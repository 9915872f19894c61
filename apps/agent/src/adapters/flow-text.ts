import type { Amount, Peer, TrackedFlow } from '../ports/flows.ts';

/** One direction of a flow as far as it was read. */
type Tuple = Record<string, string>;

const EVENT = /^\[(\d+)\.(\d{3})\d*\]\s+\[(NEW|DESTROY)\] /;
const LAYERS = /^ipv[46]\s+\d+\s+(\S+)\s/;

/** A line of `conntrack -E -o timestamp,id,extended`; null: of something else. */
export function parseFlowEvent(line: string) {
  const [head, seconds, milliseconds, word] = EVENT.exec(line) ?? [];
  if (head === undefined) return null;
  const flow = parseFlow(line.slice(head.length));
  if (flow === null) return null;
  const kind: 'start' | 'end' = word === 'NEW' ? 'start' : 'end';
  return { kind, at: Number(seconds) * 1_000 + Number(milliseconds), flow };
}

/** A line of `conntrack -L -o extended,id`; null: of something else. */
export function parseFlow(line: string): TrackedFlow | null {
  const protocol = LAYERS.exec(line)?.[1];
  if (protocol === undefined) return null;
  const original: Tuple = {};
  const reply: Tuple = {};
  let tuple: Tuple | null = null;
  let last = '';
  for (const word of line.split(' ')) {
    const equals = word.indexOf('=');
    if (equals < 1) continue;
    const key = word.slice(0, equals);
    const value = word.slice(equals + 1);
    if (key === 'src') tuple = tuple === null ? original : reply;
    if (tuple !== null) tuple[key] ??= value;
    // An ICMP tuple has an id of its own, and that of the flow comes last.
    if (key === 'id') last = value;
  }
  const { src, dst } = original;
  const { src: answering, dst: leaving } = reply;
  if (!(src && dst && answering && leaving && last)) return null;
  return {
    id: Number(last),
    protocol,
    source: peer(src, original['sport']),
    destination: peer(dst, original['dport']),
    answering: peer(answering, reply['sport']),
    leaving: peer(leaving, reply['dport']),
    sent: amount(original),
    received: amount(reply),
  };
}

function peer(address: string, port: string | undefined): Peer {
  return { address, port: port === undefined ? null : Number(port) };
}

function amount({ packets, bytes }: Tuple): Amount | null {
  if (packets === undefined || bytes === undefined) return null;
  return { packets: Number(packets), bytes: Number(bytes) };
}
