import type { Packet } from './packet.ts';

/** What is known of a frame before it is taken apart. */
export interface Frame {
  readonly at: number;
  readonly uplink: string;
  readonly length: number;
  /** The captured bytes, from the Ethernet header on. */
  readonly bytes: Buffer;
}

const ETHERNET = 14;
const etherTypes = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd, vlan: 0x8100 } as const;
const PROTOCOLS = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [47, 'gre'],
  [50, 'esp'],
  [58, 'icmp6'],
]);
/** Hop-by-hop, routing, fragment and destination headers (RFC 8200, 4). */
const IPV6_EXTENSIONS = new Set([0, 43, 44, 60]);
const IPV6_FRAGMENT = 44;
const FLAGS = ['F', 'S', 'R', 'P', 'A'];

function ipv4Text(bytes: Buffer, at: number): string {
  return bytes.subarray(at, at + 4).join('.');
}

/** The text form of RFC 5952: no leading zeros, the longest run of zeros as `::`. */
function ipv6Text(bytes: Buffer, at: number): string {
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(bytes.readUInt16BE(at + i).toString(16));
  const text = groups.join(':');
  const runs = text.match(/(?<![^:])0(?::0)+(?![^:])/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return text;
  const start = `:${text}:`.indexOf(`:${longest}:`);
  const before = text.slice(0, Math.max(0, start - 1));
  return `${before}::${text.slice(start + longest.length + 1)}`;
}

type Head = Pick<
  Packet,
  'family' | 'source' | 'destination' | 'protocol' | 'fragment' | 'payload'
> & {
  /** False for the second and later fragments, which begin in the middle of the data. */
  readonly transport: boolean;
};

function protocolName(number: number): string {
  return PROTOCOLS.get(number) ?? `ip-${String(number)}`;
}

function decodeIpv4(bytes: Buffer, at: number): Head | undefined {
  if (bytes.length < at + 20) return undefined;
  const headerLength = ((bytes[at] ?? 0) & 15) * 4;
  const fragment = bytes.readUInt16BE(at + 6) & 0x3fff;
  const total = bytes.readUInt16BE(at + 2);
  // Ethernet pads short frames; a length of 0 is segmentation offload.
  const end = total === 0 ? bytes.length : Math.min(bytes.length, at + total);
  return {
    family: 4,
    source: ipv4Text(bytes, at + 12),
    destination: ipv4Text(bytes, at + 16),
    protocol: protocolName(bytes[at + 9] ?? 0),
    fragment: fragment !== 0,
    transport: (fragment & 0x1fff) === 0,
    payload: bytes.subarray(at + headerLength, end),
  };
}

function decodeIpv6(bytes: Buffer, at: number): Head | undefined {
  if (bytes.length < at + 40) return undefined;
  let next = bytes[at + 6] ?? 59;
  let offset = at + 40;
  let fragment = false;
  let transport = true;
  while (IPV6_EXTENSIONS.has(next) && bytes.length >= offset + 8) {
    if (next === IPV6_FRAGMENT) {
      fragment = true;
      transport = bytes.readUInt16BE(offset + 2) >> 3 === 0;
    }
    const length = next === IPV6_FRAGMENT ? 8 : ((bytes[offset + 1] ?? 0) + 1) * 8;
    next = bytes[offset] ?? 59;
    offset += length;
    if (!transport) break;
  }
  return {
    family: 6,
    source: ipv6Text(bytes, at + 8),
    destination: ipv6Text(bytes, at + 24),
    protocol: protocolName(next),
    fragment,
    transport,
    payload: bytes.subarray(offset),
  };
}

function decodeArp(bytes: Buffer, at: number): Head | undefined {
  if (bytes.length < at + 28) return undefined;
  return {
    family: 4,
    source: ipv4Text(bytes, at + 14),
    destination: ipv4Text(bytes, at + 24),
    protocol: 'arp',
    fragment: false,
    transport: false,
    payload: bytes.subarray(at, at),
  };
}

type Transport = Pick<Packet, 'payload'> &
  Partial<Pick<Packet, 'sourcePort' | 'destinationPort' | 'tcpFlags'>>;

function decodeTransport({ protocol, payload, transport }: Head): Transport {
  if (!transport || payload.length < 4) return { payload };
  const ports = () => ({
    sourcePort: payload.readUInt16BE(0),
    destinationPort: payload.readUInt16BE(2),
  });
  if (protocol === 'udp') return { ...ports(), payload: payload.subarray(8) };
  if (protocol !== 'tcp') return { payload };
  if (payload.length < 14) return { ...ports(), payload: payload.subarray(payload.length) };
  const bits = payload[13] ?? 0;
  return {
    ...ports(),
    tcpFlags: FLAGS.filter((_, bit) => (bits & (1 << bit)) !== 0).join(''),
    payload: payload.subarray(((payload[12] ?? 0) >> 4) * 4),
  };
}

function decodeHead(bytes: Buffer): Head | undefined {
  if (bytes.length < ETHERNET) return undefined;
  let type = bytes.readUInt16BE(12);
  let at = ETHERNET;
  if (type === etherTypes.vlan && bytes.length >= at + 4) {
    type = bytes.readUInt16BE(at + 2);
    at += 4;
  }
  switch (type) {
    case etherTypes.ipv4:
      return decodeIpv4(bytes, at);
    case etherTypes.ipv6:
      return decodeIpv6(bytes, at);
    case etherTypes.arp:
      return decodeArp(bytes, at);
    default:
      return undefined;
  }
}

/** The packet in a frame; undefined for what is neither IP nor ARP, or too short to tell. */
export function decodeFrame({ at, uplink, length, bytes }: Frame): Packet | undefined {
  const head = decodeHead(bytes);
  if (head === undefined) return undefined;
  const { family, source, destination, protocol, fragment } = head;
  return {
    at,
    uplink,
    length,
    family,
    source,
    destination,
    protocol,
    fragment,
    ...decodeTransport(head),
  };
}
