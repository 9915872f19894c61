import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { KINDS, makeDatabase } from '../../test/databases.ts';
import { SESSION_ROW } from '../../test/session-row.ts';
import { listenForMetrics } from './metrics-app.ts';
import { createMetrics, type Metrics } from './metrics.ts';

const QUIET = pino({ level: 'silent' });
const DOCUMENT = join(import.meta.dirname, '../../../../docs/metrics.md');

async function scene(kind: (typeof KINDS)[number] = 'sqlite') {
  const place = await makeDatabase(kind);
  onTestFinished(place.remove);
  const database = await place.open();
  let open = true;
  const close = async (): Promise<void> => {
    if (open) await database.close();
    open = false;
  };
  onTestFinished(close);
  const state = { agent: 'reachable' as 'reachable' | 'unreachable', displays: 0 };
  const metrics = createMetrics({
    db: database.db,
    probeAgent: async () => state.agent,
    displays: () => state.displays,
  });
  return { metrics, state, db: database.db, close };
}

/** The value of one line of the text. */
async function valueOf(metrics: Metrics, line: string): Promise<string | undefined> {
  const found = (await metrics.text()).split('\n').find((text) => text.startsWith(`${line} `));
  return found?.slice(line.length + 1);
}

it.each(KINDS)(
  'sessions by state, as the database has them (%s)',
  { timeout: 300_000 },
  async (kind) => {
    const { metrics, db } = await scene(kind);
    expect(await valueOf(metrics, 'sallyport_server_sessions{state="running"}')).toBe('0');
    for (const [id, state] of [
      ['a', 'running'],
      ['b', 'running'],
      ['c', 'quarantined'],
      ['d', 'deleted'],
    ] as const) {
      await db
        .insertInto('sessions')
        .values({ ...SESSION_ROW, id, state, owner_id: 'o' })
        .execute();
    }
    expect(await valueOf(metrics, 'sallyport_server_sessions{state="running"}')).toBe('2');
    expect(await valueOf(metrics, 'sallyport_server_sessions{state="quarantined"}')).toBe('1');
    expect(await valueOf(metrics, 'sallyport_server_sessions{state="deleted"}')).toBeUndefined();
    expect(await valueOf(metrics, 'sallyport_server_database_up')).toBe('1');
    const seconds = Number(await valueOf(metrics, 'sallyport_server_database_seconds'));
    expect(seconds).toBeGreaterThan(0);
  },
);

it('a database and an agent that are away are told; no old figure stays', async () => {
  const { metrics, state, close } = await scene();
  expect(await valueOf(metrics, 'sallyport_server_agent_up')).toBe('1');
  state.agent = 'unreachable';
  state.displays = 3;
  await close();
  expect(await valueOf(metrics, 'sallyport_server_agent_up')).toBe('0');
  expect(await valueOf(metrics, 'sallyport_server_database_up')).toBe('0');
  expect(await valueOf(metrics, 'sallyport_server_database_seconds')).toBe('Nan');
  expect(await metrics.text()).not.toContain('sallyport_server_sessions{');
  expect(await valueOf(metrics, 'sallyport_server_display_connections')).toBe('3');
});

it('what came of signing in, and nothing of other requests', async () => {
  const { metrics } = await scene();
  const name = 'sallyport_server_sign_ins_total';
  expect(await valueOf(metrics, `${name}{result="refused"}`)).toBe('0');
  const seen = { method: 'POST', route: '/api/v1/sign-in', seconds: 0.3 };
  for (const status of [200, 401, 401, 429, 400, 500]) metrics.answered({ ...seen, status });
  metrics.answered({ ...seen, route: '/api/v1/users', status: 401 });
  metrics.answered({ ...seen, method: 'GET', status: 401 });
  const told = (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
  expect(told.toSorted()).toEqual([
    `${name}{result="failed"} 1`,
    `${name}{result="invalid"} 1`,
    `${name}{result="refused"} 2`,
    `${name}{result="signed-in"} 1`,
    `${name}{result="too-many"} 1`,
    `${name}{result="unreachable"} 0`,
  ]);
});

it('a sign-in by the provider counts like one by password', async () => {
  const { metrics } = await scene();
  const results = [
    [200, 'signed-in'],
    [401, 'refused'],
    [403, 'refused'],
    [409, 'refused'],
    [429, 'too-many'],
    [503, 'unreachable'],
    [500, 'failed'],
  ] as const;
  for (const [status, result] of results) {
    const line = `sallyport_server_sign_ins_total{result="${result}"}`;
    const before = Number(await valueOf(metrics, line));
    metrics.signInEnded(status);
    expect(Number(await valueOf(metrics, line)), `${status}`).toBe(before + 1);
  }
});

it('every metric is documented with its labels, and no other', async () => {
  const { metrics } = await scene();
  metrics.answered({ method: 'GET', route: '/healthz', status: 200, seconds: 0.001 });
  const told = new Map<string, Set<string>>();
  for (const line of (await metrics.text()).split('\n')) {
    const [, name, labels = ''] = /^(\w+?)(?:_bucket|_count|_sum)?(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = told.get(name) ?? new Set();
    told.set(name, known);
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) if (label !== 'le') known.add(label);
  }
  const [, server = ''] = (await readFile(DOCUMENT, 'utf8')).split('\n## The server\n');
  const documented = [...server.matchAll(/^\| `(\w+)` \|([^|]*)\|/gm)].map(
    ([, name, labels = '']) => [name, [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label)],
  );
  expect(Object.fromEntries(documented)).toEqual(
    Object.fromEntries([...told].map(([name, labels]) => [name, [...labels]])),
  );
  expect(documented).toHaveLength(told.size);
});

it('answers GET /metrics and nothing else; why it has none is for the log', async () => {
  const answers = [async () => 'a 1\n', () => Promise.reject(new Error('secret path'))];
  const text = async (): Promise<string> => (await answers.shift()?.()) ?? '';
  const app = await listenForMetrics({ host: '127.0.0.1', port: 0 }, { text }, QUIET);
  onTestFinished(() => app.close());
  const good = await app.inject('/metrics');
  expect([good.statusCode, good.headers['content-type'], good.body]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
    'a 1\n',
  ]);
  expect((await app.inject('/')).statusCode).toBe(404);
  expect((await app.inject({ method: 'POST', url: '/metrics' })).statusCode).toBe(404);
  const bad = await app.inject('/metrics');
  expect(bad.statusCode).toBe(500);
  expect(bad.body).not.toContain('secret');
});

it('an address that is taken is refused with the option that names it', async () => {
  const taken = createServer().listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const second = listenForMetrics({ host: '127.0.0.1', port }, { text: async () => '' }, QUIET);
  await expect(second).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining(`--metrics: 127.0.0.1:${port}`) as string,
  });
});
