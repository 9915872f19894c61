import type { Amount, Peer, TrackedFlow } from '../ports/flows.ts';

const EVENT = /^\[(\d+)\.(\d{3})\d*\]\s+\[(NEW|DESTROY)\] /;
/**
 * Protocol; the original tuple and what follows it; the reply's and what follows it; the id of the flow,
 * which comes last: an ICMP tuple has an id of its own. One expression, since a busy host has tens of
 * thousands of these lines a second.
 */
const FLOW =
  /^ipv[46]\s+\d+\s+(\S+)\s.*?\bsrc=(\S+) dst=(\S+)(?: sport=(\d+) dport=(\d+))?(.*?) src=(\S+) dst=(\S+)(?: sport=(\d+) dport=(\d+))?(.*) id=(\d+)/;
const AMOUNT = /packets=(\d+) bytes=(\d+)/;

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
  const found = FLOW.exec(line);
  if (found === null) return null;
  const [, protocol = '', src, dst, sport, dport, sent] = found;
  const [answering, leaving, answeringPort, leavingPort, received, id] = found.slice(7);
  return {
    id: Number(id),
    protocol,
    source: peer(src, sport),
    destination: peer(dst, dport),
    answering: peer(answering, answeringPort),
    leaving: peer(leaving, leavingPort),
    sent: amount(sent),
    received: amount(received),
  };
}

function peer(address = '', port: string | undefined): Peer {
  return { address, port: port === undefined ? null : Number(port) };
}

function amount(text = ''): Amount | null {
  const [, packets, bytes] = AMOUNT.exec(text) ?? [];
  return packets === undefined ? null : { packets: Number(packets), bytes: Number(bytes) };
}
