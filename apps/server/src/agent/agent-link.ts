import type { AgentEvent } from '@sallyport/contract/host';
import type { Client } from '@sallyport/contract/client';
import type { Upstream } from '../display/upstream-handshake.ts';

/** The agent of the host, as far as the server needs it. */
export interface AgentLink {
  /**
   * The agent's API in somebody's name, which the agent's events carry.
   * Calls throw SallyportError: the agent's own, or `agent_unreachable`.
   */
  readonly as: (actor: string) => Client;
  /**
   * Brings a Docker image to the host.
   * @throws SallyportError as Docker refuses, `agent_unreachable`
   */
  readonly pull: (image: string, options: PullOptions) => Promise<void>;
  /**
   * What the agent tells from now on, until the signal aborts or the agent ends.
   * @throws SallyportError `agent_unreachable`
   */
  readonly follow: (signal: AbortSignal) => AsyncIterable<AgentEvent>;
  /** A fresh connection to the display of a session. @throws SallyportError `display_unreachable`, … */
  readonly display: (sessionId: string, signal: AbortSignal) => Promise<Upstream>;
}

export interface PullOptions {
  /** Told as it goes on; null: Docker tells no figure. */
  readonly onProgress: (percent: number | null) => void;
  readonly signal: AbortSignal;
}
