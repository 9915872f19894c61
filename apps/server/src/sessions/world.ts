import type { AgentLink } from '../agent/agent-link.ts';
import type { Db } from '../db/open-database.ts';
import type { World } from '../ids.ts';

/** What the service of sessions needs of everything else. */
export interface SessionWorld {
  readonly db: Db;
  readonly world: World;
  readonly agent: AgentLink;
  /** Resolves after so many milliseconds; rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** The host that sessions are on, for people. */
  readonly host: string;
  /** A session has changed, or is new. */
  readonly onChange: (id: string, change: 'created' | 'updated' | 'deleted') => void;
  /** Nobody may see its desktop any more: live connections are cut before anything else happens. */
  readonly onHidden: (id: string) => void;
  /** For the log; never with secrets. */
  readonly onTrouble: (message: string, details: Readonly<Record<string, unknown>>) => void;
}
