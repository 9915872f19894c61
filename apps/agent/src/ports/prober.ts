import type { Family } from '@sallyport/core/ipv6';

/** From where a probe asks: an address of the network that no container has. */
export interface ProbePlace {
  readonly bridge: string;
  /** With prefix length. */
  readonly address: string;
  readonly gateway: string;
  /** Of a network that has IPv6; with prefix length. */
  readonly ipv6: { readonly address: string; readonly gateway: string } | null;
}

/** One question to one echo service. */
export interface ProbeQuestion {
  /** URL of the echo service, see the contract. */
  readonly echo: string;
  /** Name servers for `dns:` services that name none, and for host names in URLs. */
  readonly dns: readonly string[];
  /** Over which family the service is asked. */
  readonly family: Family;
}

/** What the echo service saw, or why there was no answer. */
export type ProbeAnswer =
  | { readonly observed: string; readonly durationMs: number }
  | { readonly failure: string; readonly durationMs: number };

/**
 * Asks echo services from inside a network: on its bridge, through the same hooks as a container's
 * packets. Leaves nothing behind, also when it is killed.
 */
export interface Prober {
  /** Answers in the order of the questions. Throws SallyportError `host_refused`. */
  ask(
    place: ProbePlace,
    questions: readonly ProbeQuestion[],
    signal: AbortSignal,
  ): Promise<readonly ProbeAnswer[]>;
}

/**
 * Asks echo services in the network namespace of a process, by its own links and addresses. Throws
 * SallyportError `host_refused`.
 */
export type AskInside = (
  pid: number,
  questions: readonly ProbeQuestion[],
  signal: AbortSignal,
) => Promise<readonly ProbeAnswer[]>;
