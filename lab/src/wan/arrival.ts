/** Services of the machine beyond, as they show in its log. */
export type WanService =
  | 'http'
  | 'tcp-echo'
  | 'tcp-sink'
  | 'tcp-source'
  | 'udp-echo'
  | 'stun'
  | 'dns-udp'
  | 'dns-tcp';

/** One connection, datagram or question that reached the machine beyond. */
export interface Arrival {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly service: WanService;
  readonly source: string;
  readonly sourcePort: number;
  /** The address of the machine beyond that was asked. */
  readonly local: string;
  readonly localPort: number;
  /**
   * What the sender said, to tell flows apart: the HTTP path, the DNS name, the
   * STUN transaction in hex, or the first 64 bytes of the payload as latin1.
   * Empty for a TCP connection that has sent nothing yet.
   */
  readonly tag: string;
}

/** Which arrivals are wanted; every given field must fit. */
export interface ArrivalFilter {
  /** Epoch milliseconds, inclusive. */
  readonly since?: number;
  readonly until?: number;
  /** The tag contains this text. */
  readonly tag?: string;
  readonly service?: WanService;
  readonly source?: string;
}

/** What the log knows about a filter. */
export interface ArrivalReport {
  readonly arrivals: readonly Arrival[];
  /** Arrivals that the bounded log has let go since the process started. */
  readonly forgotten: number;
  /** Epoch milliseconds of the newest of these; 0 when there is none. */
  readonly forgottenUntil: number;
}

/** The first bytes of a payload as a tag. */
export function renderTag(payload: Uint8Array): string {
  return Buffer.from(payload.subarray(0, 64)).toString('latin1');
}

/** An IPv4 address that a dual-stack socket shows as ::ffff:a.b.c.d, in its plain form. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
