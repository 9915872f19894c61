import type { NetworkView } from '@sallyport/contract/network';
import type { AgentLink } from '../agent/agent-link.ts';
import { networksNow } from '../images/launchable.ts';

/** The networks as they were a moment ago. */
export interface NetworkPicture {
  readonly networks: ReadonlyMap<string, NetworkView>;
  /** Why they are not known; empty when they are. */
  readonly reason: string;
}

/** Lists of sessions tell the states of networks, and many people look at lists: the agent is asked once in this time. */
const FRESH_MS = 2_000;

/** How the networks stand, for those who only look. */
export class NetworkBook {
  readonly #agent: AgentLink;
  readonly #now: () => number;
  #last: { readonly at: number; readonly picture: Promise<NetworkPicture> } | null = null;

  constructor(agent: AgentLink, now: () => number) {
    this.#agent = agent;
    this.#now = now;
  }

  /** What was known is out of date. */
  forget(): void {
    this.#last = null;
  }

  picture(): Promise<NetworkPicture> {
    const now = this.#now();
    if (this.#last !== null && now - this.#last.at < FRESH_MS) return this.#last.picture;
    const picture = networksNow(this.#agent, 'sallyport').then(({ networks, reason }) => ({
      networks: networks ?? new Map<string, NetworkView>(),
      reason,
    }));
    this.#last = { at: now, picture };
    return picture;
  }
}
