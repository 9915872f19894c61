import type { AgentEvent } from '@sallyport/contract/host';
import type { Ipv4 } from '@sallyport/core/ipv4';
import type { NetworkSpec } from '@sallyport/core/network';

/** A way out: the interface and next hop, or `main` for the main table. */
export interface Way {
  readonly slot: number;
  /** `INTERFACE|GATEWAY`, `INTERFACE|` without a gateway, or `main`. */
  readonly key: string;
}

/** An egress address that belongs to one container. */
export interface Lease {
  /** Id of the network's {@link NetworkSpec}. */
  readonly network: string;
  readonly container: { readonly id: string; readonly name: string };
  /** The container's own address on the bridge. */
  readonly inside: Ipv4;
  /** The egress address. */
  readonly address: Ipv4;
  /** Epoch milliseconds. */
  readonly since: number;
  /** Since when the container does not run; the lease is kept for a while, and nothing leaves by it. */
  readonly gone: number | null;
}

/** Everything that the agent was asked for. */
export interface DesiredState {
  readonly networks: readonly NetworkSpec[];
  readonly leases: readonly Lease[];
  /** Slots stay with their way, because marks of living flows name them. */
  readonly ways: readonly Way[];
}

export type LoadedState =
  | { readonly kind: 'loaded'; readonly state: DesiredState }
  /** There never was one. */
  | { readonly kind: 'empty' }
  /** There is one, but neither it nor the copy before it can be read. */
  | { readonly kind: 'damaged'; readonly reason: string };

/** What the guard needs at boot, before Docker and without the agent: texts for nft and ip. */
export interface BootGuard {
  readonly nft: string;
  readonly ipBatch: string;
}

/** The state directory. Writes are atomic and durable: temporary file, fsync, rename, fsync of the directory. */
export interface StateStore {
  load(): Promise<LoadedState>;
  /** Throws SallyportError `state_not_writable`. */
  save(state: DesiredState): Promise<void>;
  /** Puts a damaged state aside, so that a new one can be stored; answers where it went. */
  setAside(): Promise<string>;
  /** Puts the state aside and forgets the boot guard, after everything was removed from the host. */
  retire(): Promise<void>;
  saveBootGuard(guard: BootGuard): Promise<void>;
  loadBootGuard(): Promise<BootGuard | null>;
}

/** A value that outlives the agent. Losing it costs figures and times, never safety. */
export interface Kept<T> {
  /** null: there is none, or none that can be read. */
  load(): Promise<T | null>;
  save(value: T): Promise<void>;
}

/** Events on disk: bounded, oldest are given up first. */
export interface EventLog {
  append(event: AgentEvent): Promise<void>;
  /** The newest `limit`, oldest first. */
  read(limit: number, network: string | null): Promise<readonly AgentEvent[]>;
}
