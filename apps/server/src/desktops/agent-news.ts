import type { AgentEvent } from '@sallyport/contract/host';
import type { AgentLink } from '../agent/agent-link.ts';
import type { Db } from '../db/open-database.ts';
import type { Live } from '../live/live.ts';

interface AgentNewsOptions {
  readonly agent: AgentLink;
  readonly db: Db;
  readonly live: Live;
  /** What was known of networks is out of date. */
  readonly forgetNetworks: () => void;
  /** Sessions are to be compared with their containers. */
  readonly compare: () => Promise<void>;
  /** Rejects when aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** What is missed until it is asked again is found by the keeper's looks. */
const AGAIN_MS = 1_000;

/**
 * Follows what the agent tells, so that people see at once what the host does to networks and sessions. The
 * looks of the keeper go on: they find what happens while the agent can't be followed.
 */
export class AgentNews {
  readonly #options: AgentNewsOptions;

  constructor(options: AgentNewsOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { agent, sleep } = this.#options;
    while (!signal.aborted) {
      try {
        for await (const event of agent.follow(signal)) await this.take(event);
      } catch {
        // An agent that can't be reached is told by whatever needs it.
      }
      await sleep(AGAIN_MS, signal).catch(() => undefined);
    }
  }

  /** One event; what it is about is told to those who may see it. */
  async take({ kind, network, session }: AgentEvent): Promise<void> {
    const { live, forgetNetworks, compare } = this.#options;
    if (session !== undefined) await compare();
    if (network === null || kind.startsWith('session.')) return;
    forgetNetworks();
    live.publish({ kind: 'network', id: network, change: 'updated' });
    for (const id of await this.#sessionsOn(network))
      live.publish({ kind: 'session', id, change: 'updated' });
  }

  /** Those who have a session need not be allowed to read networks; their sessions tell them. */
  async #sessionsOn(network: string): Promise<readonly string[]> {
    const rows = await this.#options.db
      .selectFrom('sessions')
      .select('id')
      .where('network', '=', network)
      .where('state', 'not in', ['deleted', 'stopped', 'failed'])
      .execute();
    return rows.map(({ id }) => id);
  }
}
