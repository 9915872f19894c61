import type { Client } from '@sallyport/contract/client';

/** The agent of the host, as far as the server needs it. */
export interface AgentLink {
  /**
   * The agent's API in somebody's name, which the agent's events carry.
   * Calls throw SallyportError: the agent's own, or `agent_unreachable`.
   */
  readonly as: (actor: string) => Client;
}
