import { SERVER_ENDPOINTS } from '@sallyport/contract/server/endpoints';
import { SESSION_STATES } from '@sallyport/core/session-state';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AgentProbe } from '../agent/agent-probe.ts';
import type { Db } from '../db/open-database.ts';

interface MetricsOptions {
  readonly db: Db;
  readonly probeAgent: AgentProbe;
  /** How many connections to desktops there are now. */
  readonly displays: () => number;
}

/** A request that has been answered. */
export interface RequestSeen {
  readonly method: string;
  /** As it was declared, with names instead of ids: paths of strangers would be labels without end. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** What the server tells in the text format of Prometheus. */
export interface Metrics {
  readonly answered: (seen: RequestSeen) => void;
  /** Counts a sign-in that no endpoint answers, by the status that one would have. */
  readonly signInEnded: (status: number) => void;
  /** All of it, as of now; a database or an agent that is away is told, not thrown. */
  readonly text: () => Promise<string>;
}

/** Seconds. From an answer out of memory to one that waited for the agent. */
const ANSWER_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const SIGN_IN = SERVER_ENDPOINTS.signIn;

/** What a sign-in has come to, by the status of its answer. Others, as of a bug, are `failed`. */
const SIGN_INS: Readonly<Record<number, string>> = {
  200: 'signed-in',
  400: 'invalid',
  401: 'refused',
  403: 'refused',
  409: 'refused',
  429: 'too-many',
  503: 'unreachable',
};
const FAILED = 'failed';

export function createMetrics({ db, probeAgent, displays }: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: 'sallyport_server_request_seconds',
    help: 'Requests until the end of their answer',
    labelNames: ['method', 'route', 'status'],
    buckets: ANSWER_BUCKETS,
    registers,
  });
  const signIns = new Counter({
    name: 'sallyport_server_sign_ins_total',
    help: 'Attempts to sign in by what came of them',
    labelNames: ['result'],
    registers,
  });
  // An alert on growth needs the series before the first of its kind.
  for (const result of [...new Set(Object.values(SIGN_INS)), FAILED]) signIns.inc({ result }, 0);
  const sessions = new Gauge({
    name: 'sallyport_server_sessions',
    help: 'Sessions by state; none are told while the database is away',
    labelNames: ['state'],
    registers,
  });
  const databaseUp = new Gauge({
    name: 'sallyport_server_database_up',
    help: '1 while the database answers',
    registers,
  });
  const databaseSeconds = new Gauge({
    name: 'sallyport_server_database_seconds',
    help: 'How long the database took to count the sessions, just now',
    registers,
  });
  const agentUp = new Gauge({
    name: 'sallyport_server_agent_up',
    help: '1 while the agent answers, at most two seconds old',
    registers,
  });
  const connections = new Gauge({
    name: 'sallyport_server_display_connections',
    help: 'Connections to desktops through this server',
    registers,
  });

  /** One question for all that is told of the database. */
  async function askDatabase(): Promise<void> {
    const began = performance.now();
    sessions.reset();
    try {
      const counted = await countSessions(db);
      for (const state of SESSION_STATES) {
        // Rows of deleted sessions are kept for a while, and count for nothing.
        if (state !== 'deleted') sessions.set({ state }, counted.get(state) ?? 0);
      }
      databaseUp.set(1);
      databaseSeconds.set((performance.now() - began) / 1_000);
    } catch {
      databaseUp.set(0);
      databaseSeconds.set(Number.NaN);
    }
  }

  const signInEnded = (status: number): void => {
    signIns.inc({ result: SIGN_INS[status] ?? FAILED });
  };

  return {
    signInEnded,
    answered({ method, route, status, seconds }) {
      requests.observe({ method, route, status }, seconds);
      if (method === SIGN_IN.method && route === SIGN_IN.path) {
        signInEnded(status);
      }
    },
    async text() {
      const [agent] = await Promise.all([probeAgent(), askDatabase()]);
      agentUp.set(agent === 'reachable' ? 1 : 0);
      connections.set(displays());
      return registry.metrics();
    },
  };
}

async function countSessions(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('sessions')
    .select(({ fn }) => ['state', fn.countAll().as('count')])
    .groupBy('state')
    .execute();
  // PostgreSQL counts in 64 bits, which come as text.
  return new Map(rows.map(({ state, count }) => [state, Number(count)]));
}
