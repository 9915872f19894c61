import type { Bandwidth } from './bandwidth.ts';
import type { Cidr4 } from './cidr4.ts';
import type { Destinations } from './destinations.ts';
import type { Ipv4 } from './ipv4.ts';
import type { Ipv6 } from './ipv6.ts';
import type { InterfaceName, NetworkName } from './network-name.ts';
import type { Prefix } from './prefix.ts';

/**
 * How packets find their way out.
 * - `uplink`: through the interface that holds the egress address, by that interface's gateway.
 * - `main`: wherever the main routing table says; only the source address is ours to choose.
 */
export type RouteMode = 'uplink' | 'main';

/**
 * How containers share a network's addresses.
 * - `shared`: each keeps one of them, by arithmetic; several may have the same.
 * - `per-container`: each has one of its own for as long as it runs, leased from the pool; without one
 *   nothing of it leaves.
 */
export const ASSIGNMENTS = ['shared', 'per-container'] as const;
export type Assignment = (typeof ASSIGNMENTS)[number];

/**
 * What becomes of connections when a network's address is changed.
 * - `reset`: they are ended. - `drain`: they go on by the former address, while the host has it, for an hour.
 */
export const ON_CHANGE = ['reset', 'drain'] as const;
export type OnChange = (typeof ON_CHANGE)[number];

/** An address by which a network left before a change. */
export interface FormerAddress {
  readonly address: Ipv4;
  /** The gateway that was given for it; null: found in the host's routes. */
  readonly gateway: Ipv4 | null;
  /** Epoch milliseconds. */
  readonly until: number;
  /** Whether connections that began by it may go on. */
  readonly drains: boolean;
}

/** The addresses by which a network leaves. Lists, because pools and IPv6 are part of the model. */
export interface Egress {
  readonly ipv4: readonly Ipv4[];
  readonly ipv6: readonly Ipv6[];
}

/** What an administrator wants of one network; the agent keeps it on disk. */
export interface NetworkSpec {
  readonly id: string;
  readonly name: NetworkName;
  readonly bridge: InterfaceName;
  readonly subnet: Cidr4;
  /** Docker gives a network its families once; null: its containers have IPv4 alone. */
  readonly subnet6: Prefix | null;
  readonly egress: Egress;
  /** Addresses by which it leaves when its own can't be used, the first that can; empty: by none. */
  readonly fallback: readonly Ipv4[];
  readonly assign: Assignment;
  readonly onChange: OnChange;
  readonly former: readonly FormerAddress[];
  readonly route: RouteMode;
  /** The gateway as given; null = find it in the host's routes. */
  readonly gateway: Ipv4 | null;
  /** As `gateway`, for IPv6. */
  readonly gateway6: Ipv6 | null;
  /** Name servers that containers on this network are to be started with. */
  readonly dns: readonly Ipv4[];
  readonly destinations: Destinations;
  /** Whether what violates the network is stopped where this host can stop it, and not only told. */
  readonly strict: boolean;
  readonly bandwidth: Bandwidth;
  /** `adopted`: Docker's network was made by somebody else and carries no label of ours. */
  readonly origin: 'created' | 'adopted';
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** True from the moment at which its removal was asked for. */
  readonly deleting: boolean;
}

/**
 * - Pending: not everything is in place yet. - Ready: packets leave by the egress address.
 * - Blocked: everything is in place, and nothing may leave now. - Error: something was refused.
 */
export const NETWORK_STATES = ['Pending', 'Ready', 'Blocked', 'Error'] as const;
export type NetworkState = (typeof NETWORK_STATES)[number];

/** One thing that is or is not so, with the sentence for a person and what to do about it. */
export interface Condition {
  /** A stable word in CamelCase, such as `AddressOnHost`. */
  readonly type: string;
  readonly ok: boolean;
  readonly message: string;
  /** A command or an action; empty when there is nothing to do. */
  readonly remedy: string;
}
