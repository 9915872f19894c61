/** Flows that the kernel tracks. */
export interface Conntrack {
  /**
   * Ends every flow that came from one of the subnets, leaves it, and has a source address outside
   * that is not in that subnet's `keep`, its container's own among them; and every one that goes to where
   * the subnet is denied. One look at the table for all requests. Answers how many.
   */
  endFlows(requests: readonly FlowsRequest[]): Promise<number>;
  version(): Promise<string>;
}

export interface FlowsRequest {
  /** Of either family; all else is of the same. */
  readonly subnet: string;
  readonly keep: readonly string[];
  /** By container's address: what it may leave by besides, where that is not the same for all. */
  readonly keepEach?: ReadonlyMap<string, string>;
  /** Addresses as numbers, first and last included. */
  readonly denied: readonly { readonly first: bigint; readonly last: bigint }[];
  /** What of these is allowed all the same: `192.0.2.53 udp/53`. */
  readonly excepted: readonly string[];
}

/** Kernel parameters below net., by their dotted path with `/` between the parts. */
export interface Sysctl {
  /** null: the kernel has no such parameter. */
  read(path: string): Promise<string | null>;
  write(path: string, value: string): Promise<void>;
}

/** An iptables SNAT or MASQUERADE rule in nat POSTROUTING that somebody made, as `iptables -S` prints it. */
export interface NatRule {
  /** Arguments after `-A`, beginning with the chain. */
  readonly spec: readonly string[];
  readonly source: string | null;
  /** Interface named by `! -o`. */
  readonly notOut: string | null;
  readonly target: string;
  readonly toSource: string | null;
}

/** What of the chain FORWARD of iptables decides whether packets of containers are forwarded. */
export interface ForwardChain {
  /** What becomes of packets on which no rule decides: `ACCEPT` or `DROP`. */
  readonly policy: string;
  /** Where all packets are sent, in order, such as `DOCKER-USER`. */
  readonly jumps: readonly string[];
  /** Whether any rule might let packets through; where none does, the policy decides alone. */
  readonly mayAccept: boolean;
}

/** iptables, where the agent reads the rules of others and keeps its own one in DOCKER-USER. */
export interface Iptables {
  /** The rules of nat POSTROUTING that translate sources. Empty where there is no iptables. */
  natRules(): Promise<readonly NatRule[]>;
  /** Removes one rule by its text. Idempotent. */
  removeNatRule(rule: NatRule): Promise<void>;
  /** All rules of DOCKER-USER, in order, as argument lists; null: there is no such chain. */
  dockerUserRules(): Promise<readonly (readonly string[])[] | null>;
  /**
   * Removes our rules from DOCKER-USER and puts these, in order, behind the rules of others (so that an
   * administrator's own denials still hold) and before a closing RETURN.
   */
  setDockerUserRules(rules: readonly (readonly string[])[]): Promise<void>;
  /** null: there is no iptables, or it does not answer for this chain. */
  forwardChain(): Promise<ForwardChain | null>;
  /** Sends all packets of FORWARD to DOCKER-USER first, as Docker does. Idempotent. */
  leadToDockerUser(): Promise<void>;
}

/** What is read of the host, each by a program or a call of its own. */
export const READINGS = [
  'routing',
  'table',
  'docker',
  'dockerUser',
  'forward',
  'natRules',
  'shaping',
] as const;
export type Reading = (typeof READINGS)[number];

/** Tells that something of the host may have changed. Never what it is now: that is observed. */
export interface HostMonitor {
  /** What it watches: as long as it is silent, this is as it was. */
  readonly watches: readonly Reading[];
  /** One sentence a change, until aborted. A source that ends is started again by the implementation. */
  changes(signal: AbortSignal): AsyncIterable<string>;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** A UUIDv7. */
  id(): string;
}
