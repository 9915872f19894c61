import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, limitFigure, percentile, plainFigure } from '../figures.ts';
import { type Api, openApi } from './api.ts';
import { KINDS, type Kind, startFilledServer } from './filled-server.ts';

const BELOW_MS = 50;
const NAMES: Readonly<Record<Kind, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };
/** Long enough for several comparisons of all sessions with the host, which come every five seconds. */
const IDLE_MS = 20_000;

/** Times of the pages of one list by one database, in milliseconds. */
export interface ListTimes {
  readonly list: string;
  readonly database: string;
  readonly pages: number;
  readonly p50: number;
  readonly p95: number;
  readonly worst: number;
}

interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly nextCursor: string | number | null;
}

/** What is asked for: every page of it to the last, from the first on. */
interface List {
  readonly name: string;
  readonly path: string;
  /** How many entries all pages together must have, of so many sessions. */
  readonly expected: (count: number) => number;
}

const LISTS: readonly List[] = [
  {
    name: 'sessions, 100 a page',
    path: '/api/v1/sessions?all=true&limit=100',
    expected: (count) => count,
  },
  {
    name: 'sessions, 500 a page',
    path: '/api/v1/sessions?all=true&limit=500',
    expected: (count) => count,
  },
  {
    name: 'sessions that run',
    path: '/api/v1/sessions?all=true&state=running',
    expected: (count) => count * 0.3,
  },
  {
    name: 'sessions of one network',
    path: '/api/v1/sessions?all=true&network=z_bench_7',
    expected: (count) => count / 100,
  },
  { name: 'own sessions', path: '/api/v1/sessions', expected: (count) => count / 50 },
  {
    name: 'audit log, 100 a page',
    path: '/api/v1/audit?limit=100',
    // Each session's making, and that of the administrator and of the sign-in.
    expected: (count) => count + 2,
  },
  {
    name: 'audit log, 500 a page',
    path: '/api/v1/audit?limit=500',
    expected: (count) => count + 2,
  },
  {
    name: 'audit log of one person',
    path: '/api/v1/audit?actor=user-7',
    expected: (count) => count / 50,
  },
];

interface Amounts {
  readonly sessions: number;
  /** How often each list is read to its end. */
  readonly rounds: number;
  /** How long nobody asks for anything, in milliseconds. */
  readonly idleMs?: number;
}

interface Found {
  readonly figures: readonly Figure[];
  readonly lists: readonly ListTimes[];
}

/** All lists by turns, over HTTP, in one database after the other. */
export async function measureLists(amounts: Amounts): Promise<Found> {
  const found: Found[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  for (const kind of KINDS) found.push(await measureOne(kind, amounts));
  return {
    figures: found.flatMap(({ figures }) => figures),
    lists: found.flatMap(({ lists }) => lists),
  };
}

async function measureOne(
  kind: Kind,
  { sessions, rounds, idleMs = IDLE_MS }: Amounts,
): Promise<Found> {
  const database = NAMES[kind];
  const server = await startFilledServer(kind, sessions);
  try {
    const api = await openApi(server.url, server.password);
    const times = new Map(LISTS.map((list) => [list, [] as number[]]));
    /* oxlint-disable no-await-in-loop -- by turns */
    // The first time compiles the programs: what a server does all day is measured.
    for (const list of LISTS) await walk(api, list, sessions);
    for (let round = 0; round < rounds; round += 1) {
      for (const [list, values] of times) values.push(...(await walk(api, list, sessions)));
    }
    /* oxlint-enable no-await-in-loop */
    api.close();
    const memory = await server.residentMb();
    const before = await server.cpuMs();
    await sleep(idleMs);
    const idle = (await server.cpuMs()) - before;
    const lists = [...times].map(([list, values]) => summarize(list, database, values));
    return {
      lists,
      figures: [
        ...lists.map(({ list, p95 }) =>
          limitFigure(`${list}, ${database}, p95`, p95, { below: BELOW_MS, unit: 'ms' }),
        ),
        plainFigure(
          `CPU of the server while nobody asks, ${database}`,
          `${((idle / idleMs) * 100).toFixed(1)} % of a core`,
        ),
        plainFigure(
          `resident memory of the server afterwards, ${database}`,
          `${Math.round(memory)} MB`,
        ),
      ],
    };
  } finally {
    await server.stop();
  }
}

function summarize({ name }: List, database: string, values: readonly number[]): ListTimes {
  return {
    list: name,
    database,
    pages: values.length,
    p50: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    worst: Math.max(...values),
  };
}

/** Milliseconds of each page to the last one. @throws Error where not everything came, or anything twice */
async function walk(api: Api, { name, path, expected }: List, count: number): Promise<number[]> {
  const times: number[] = [];
  const seen = new Set<unknown>();
  let entries = 0;
  for (let cursor = ''; ; ) {
    // oxlint-disable-next-line no-await-in-loop -- each page names the next
    const { ms, answer } = await api.timed(`${path}${cursor}`);
    const { items, nextCursor } = answer as Page;
    times.push(ms);
    entries += items.length;
    for (const item of items) seen.add(item['id'] ?? item['seq']);
    if (nextCursor === null) break;
    cursor = `${path.includes('?') ? '&' : '?'}cursor=${nextCursor}`;
  }
  const wanted = expected(count);
  if (entries !== wanted || seen.size !== wanted) {
    throw new Error(`${name}: ${entries} entries, ${seen.size} different, and not ${wanted}`);
  }
  return times;
}
