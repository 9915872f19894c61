/** A packet that left the host under test, as the cable's far end saw it. */
export interface Packet {
  /** Epoch milliseconds with a fraction, by the machine's clock. */
  readonly at: number;
  /** Host-side name of the uplink, such as enp0s3. */
  readonly uplink: string;
  readonly family: 4 | 6;
  readonly source: string;
  readonly destination: string;
  /** `tcp`, `udp`, `icmp`, `icmp6`, `arp`, `gre`, `esp`, or `ip-N` for any other number. */
  readonly protocol: string;
  /** TCP and UDP only, and not in a later fragment. */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** TCP flags as letters of FSRPA. */
  readonly tcpFlags?: string;
  /** Bytes on the wire, with the Ethernet header. */
  readonly length: number;
  /** True for any part of a fragmented packet. */
  readonly fragment: boolean;
  /** What the capture kept after the last header that it understands. */
  readonly payload: Buffer;
}

/** Which packets are wanted; every given field must fit. */
export interface PacketFilter {
  /** Epoch milliseconds, inclusive. */
  readonly since?: number;
  readonly until?: number;
  readonly uplink?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly protocol?: string;
  readonly destinationPort?: number;
  /** The payload contains this text (latin1). */
  readonly tag?: string;
  readonly where?: (packet: Packet) => boolean;
}

/** True when the packet fits the filter. */
export function packetFits(packet: Packet, filter: PacketFilter): boolean {
  return (
    (filter.since === undefined || packet.at >= filter.since) &&
    (filter.until === undefined || packet.at <= filter.until) &&
    (filter.uplink === undefined || packet.uplink === filter.uplink) &&
    (filter.source === undefined || packet.source === filter.source) &&
    (filter.destination === undefined || packet.destination === filter.destination) &&
    (filter.protocol === undefined || packet.protocol === filter.protocol) &&
    (filter.destinationPort === undefined || packet.destinationPort === filter.destinationPort) &&
    (filter.tag === undefined || packet.payload.includes(filter.tag, 0, 'latin1')) &&
    (filter.where === undefined || filter.where(packet))
  );
}

/** One source that showed on an uplink with one protocol. */
export interface SeenSource {
  readonly uplink: string;
  readonly source: string;
  readonly protocol: string;
  readonly packets: number;
  /** Epoch milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Where one of the packets went. */
  readonly exampleDestination: string;
}

/** Who sent, in the order in which they showed; ARP is left out, it carries no IP packet. */
export function summarizeSources(packets: Iterable<Packet>): readonly SeenSource[] {
  const seen = new Map<string, SeenSource>();
  for (const { uplink, source, protocol, at, destination } of packets) {
    if (protocol === 'arp') continue;
    const key = `${uplink} ${source} ${protocol}`;
    const before = seen.get(key);
    seen.set(key, {
      uplink,
      source,
      protocol,
      packets: (before?.packets ?? 0) + 1,
      firstAt: before?.firstAt ?? at,
      lastAt: at,
      exampleDestination: before?.exampleDestination ?? destination,
    });
  }
  return [...seen.values()];
}
