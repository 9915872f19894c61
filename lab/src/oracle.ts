import { BlockList, isIPv4 } from 'node:net';
import type { Packet } from './capture/packet.ts';

/** An address of the host and the uplink by which it may leave. */
export interface OwnedAddress {
  readonly address: string;
  readonly uplink: string;
}

/**
 * What a managed container may look like from outside. After translation only
 * its flow tells whose packet it is. Best is a destination address of its own
 * for each container (`WanHandle.addServiceAddress`): it is in every packet, also
 * in a SYN, a fragment or GRE. A tag is in packets with a payload only.
 */
export interface FlowExpectation {
  /** Names the flow in the report. */
  readonly name: string;
  /** Fits a packet to this address. */
  readonly destination?: string;
  /** Fits a packet that carries this text in its captured payload. */
  readonly tag?: string;
  /** Fits a packet to this port, of TCP and UDP. */
  readonly destinationPort?: number;
  /** Fits a packet with this protocol. */
  readonly protocol?: string;
  /** The only sources it may have; none means that nothing of the flow may leave. */
  readonly sources: readonly string[];
  /** The only uplink it may leave by; undefined in route mode `main`, where any will do. */
  readonly uplink?: string;
}

/** What the capture is held against. */
export interface LeakExpectations {
  /** Every address of the host on its uplinks, egress addresses among them. */
  readonly owned: readonly OwnedAddress[];
  /**
   * Addresses whose packets must leave by the uplink that holds them and no other.
   * Default: none, as a host without policy routing may answer by any.
   */
  readonly bound?: readonly string[];
  readonly flows?: readonly FlowExpectation[];
}

/** Why a packet is a leak. */
export type LeakReason =
  /** A source of a private range (RFC 1918, 6598, 4193) that the host does not own. */
  | 'private-source'
  /** Any other source that the host does not own: forged. */
  | 'foreign-source'
  /** A bound address, or a flow, on another uplink than its own. */
  | 'wrong-uplink'
  /** A flow with another source than those it may have. */
  | 'wrong-source'
  /** A flow that must not leave at all. */
  | 'must-not-leave';

/** One packet that should not have been seen. */
export interface Leak {
  readonly reason: LeakReason;
  readonly packet: Packet;
  /** The flow's name, when the packet belongs to one. */
  readonly flow?: string;
}

const privateRanges = new BlockList();
privateRanges.addSubnet('10.0.0.0', 8, 'ipv4');
privateRanges.addSubnet('172.16.0.0', 12, 'ipv4');
privateRanges.addSubnet('192.168.0.0', 16, 'ipv4');
privateRanges.addSubnet('100.64.0.0', 10, 'ipv4');
privateRanges.addSubnet('fc00::', 7, 'ipv6');

/** What a host says about itself without an address of its own: neighbour discovery, DHCP. */
const linkLocal = new BlockList();
linkLocal.addSubnet('fe80::', 10, 'ipv6');
linkLocal.addAddress('::', 'ipv6');

const listed = (list: BlockList, address: string): boolean =>
  list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

function belongsTo(packet: Packet, flow: FlowExpectation): boolean {
  const { destination, tag, destinationPort, protocol } = flow;
  const conditions = [destination, tag, destinationPort, protocol];
  if (conditions.every((condition) => condition === undefined)) {
    throw new Error(`flow "${flow.name}" has no condition: it would fit every packet`);
  }
  return (
    (destination === undefined || packet.destination === destination) &&
    (tag === undefined || packet.payload.includes(tag, 0, 'latin1')) &&
    (destinationPort === undefined || packet.destinationPort === destinationPort) &&
    (protocol === undefined || packet.protocol === protocol)
  );
}

function flowReason(packet: Packet, flow: FlowExpectation): LeakReason | undefined {
  if (flow.sources.length === 0) return 'must-not-leave';
  if (!flow.sources.includes(packet.source)) return 'wrong-source';
  if (flow.uplink !== undefined && flow.uplink !== packet.uplink) return 'wrong-uplink';
  return undefined;
}

function sourceReason(packet: Packet, expectations: LeakExpectations): LeakReason | undefined {
  const { source, uplink } = packet;
  const homes = expectations.owned.filter(({ address }) => address === source);
  if (homes.length === 0) {
    if (listed(privateRanges, source)) return 'private-source';
    return listed(linkLocal, source) ? undefined : 'foreign-source';
  }
  const bound = expectations.bound?.includes(source) ?? false;
  return bound && !homes.some((home) => home.uplink === uplink) ? 'wrong-uplink' : undefined;
}

/**
 * The packets that should not have left the host, each with the first reason found.
 * A flow says more than a source, so it is asked first.
 *
 * @throws Error when a flow's expectation would fit every packet.
 */
export function findLeaks(
  packets: Iterable<Packet>,
  expectations: LeakExpectations,
): readonly Leak[] {
  const leaks: Leak[] = [];
  for (const packet of packets) {
    // The host's own question for a neighbour; it carries no packet of a container.
    if (packet.protocol === 'arp') continue;
    const flow = expectations.flows?.find((each) => belongsTo(packet, each));
    const reason =
      (flow === undefined ? undefined : flowReason(packet, flow)) ??
      sourceReason(packet, expectations);
    if (reason === undefined) continue;
    leaks.push(flow === undefined ? { reason, packet } : { reason, packet, flow: flow.name });
  }
  return leaks;
}

/** One line for each kind of leak, for a test's message. */
export function renderLeaks(leaks: readonly Leak[]): string {
  const kinds = new Map<string, number>();
  for (const { reason, flow, packet } of leaks) {
    const to = `${packet.destination}${packet.destinationPort === undefined ? '' : `:${String(packet.destinationPort)}`}`;
    const where = `${packet.protocol} ${packet.source} -> ${to} on ${packet.uplink}`;
    const line = `${reason}${flow === undefined ? '' : ` (${flow})`}: ${where}`;
    kinds.set(line, (kinds.get(line) ?? 0) + 1);
  }
  return [...kinds].map(([line, count]) => `${String(count)} × ${line}`).join('\n');
}
