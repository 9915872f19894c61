import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { AgentLink } from '../agent/agent-link.ts';
import type { Db } from '../db/open-database.ts';
import type { World } from '../ids.ts';
import { createKeeper, type Keeper } from '../sessions/keeper.ts';
import { Live } from '../live/live.ts';
import type { SessionWorld } from '../sessions/world.ts';
import { AgentNews } from './agent-news.ts';
import { Displays } from './displays.ts';
import { Sessions } from '../sessions/sessions.ts';

export interface DesktopOptions {
  readonly db: Db;
  readonly world: World;
  readonly agent: AgentLink;
  readonly logger: FastifyBaseLogger;
  /** The network of images that are restricted to none; null: those can not be started. */
  readonly defaultNetwork: string | null;
  /** Whether people reach the server by https. */
  readonly https: boolean;
}

/** Sessions with all that belongs to them, put together. */
export interface Desktops {
  readonly sessions: Sessions;
  readonly displays: Displays;
  readonly live: Live;
  readonly keeper: Keeper;
  readonly news: AgentNews;
  /** Leaves sessions as they are written; they are led on at the next start. */
  readonly close: () => Promise<void>;
}

export function createDesktops({
  db,
  world,
  agent,
  logger,
  defaultNetwork,
  https,
}: DesktopOptions): Desktops {
  const onTrouble: SessionWorld['onTrouble'] = (message, details) => logger.warn(details, message);
  const displays = new Displays({ db, world, agent, https, onTrouble });
  const live = new Live(world);
  const sessions = new Sessions({
    db,
    world,
    agent,
    defaultNetwork,
    sleep: async (ms, signal) => {
      await wait(ms, undefined, { signal });
    },
    host: hostname(),
    onChange: (id, change) => live.publish({ kind: 'session', id, change }),
    onHidden: (id) => displays.hide(id),
    onTrouble,
  });
  const keeper = createKeeper(sessions, () => displays.look());
  const news = new AgentNews({
    agent,
    db,
    live,
    forgetNetworks: () => sessions.forgetNetworks(),
    compare: () => keeper.compare(),
    sleep: sessions.world.sleep,
  });
  return {
    sessions,
    displays,
    live,
    keeper,
    news,
    close: async () => {
      displays.close();
      await sessions.close();
    },
  };
}
