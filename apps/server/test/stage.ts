import { Writable } from 'node:stream';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { buildApp } from '../src/app.ts';
import { ensureAdministrator } from '../src/auth/first-start.ts';
import type { OidcClient } from '../src/auth/oidc/oidc-client.ts';
import { createDesktops, type Desktops } from '../src/desktops/desktops.ts';
import type { OpenDatabase } from '../src/db/open-database.ts';
import { REAL_WORLD } from '../src/ids.ts';
import { type Kind, makeDatabase } from './databases.ts';
import { createFakeAgent, type FakeAgent } from './fake-agent.ts';

/** What a request is sent with. */
export interface Sender {
  readonly cookie?: string;
  readonly csrf?: string;
  readonly key?: string;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Address of the caller. */
  readonly from?: string;
}

export interface Stage {
  readonly app: FastifyInstance;
  readonly database: OpenDatabase;
  readonly adminPassword: string;
  readonly agent: FakeAgent;
  readonly desktops: Desktops;
  readonly clock: { now: number };
  readonly logLines: string[];
  /** What came of each sign-in by the provider, as a status. */
  readonly providerSignIns: number[];
  readonly call: (sender: Sender, call: Call) => Promise<LightMyRequestResponse>;
  readonly signIn: (name: string, password: string) => Promise<Sender>;
  /** Makes a user by the administrator. @returns its id */
  readonly addUser: (
    admin: Sender,
    name: string,
    more?: Readonly<Record<string, unknown>>,
  ) => Promise<string>;
}

export const PASSWORD = 'a long enough password';

/** The whole server over a real database, but for the socket; gone when the test has finished. */
export async function makeStage(
  kind: Kind = 'sqlite',
  oidc: OidcClient | null = null,
): Promise<Stage> {
  const place = await makeDatabase(kind);
  onTestFinished(place.remove);
  const database = await place.open();
  onTestFinished(() => database.close());
  const clock = { now: 1_790_000_000_000 };
  const world = { ...REAL_WORLD, now: () => clock.now };
  const logLines: string[] = [];
  const providerSignIns: number[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      logLines.push(String(chunk));
      done();
    },
  });
  const agent = createFakeAgent();
  const adminPassword = (await ensureAdministrator(database.db, world)) ?? '';
  const logger = pino(sink);
  const desktops = createDesktops({
    db: database.db,
    world,
    agent: agent.link,
    logger,
    defaultNetwork: null,
    https: false,
  });
  onTestFinished(() => desktops.close());
  const app = await buildApp({
    oidc,
    db: database.db,
    world,
    logger,
    https: false,
    trustedProxies: [],
    agent: agent.link,
    desktops,
    pages: '/nonexistent',
    settings: [],
    onSignIn: (status) => void providerSignIns.push(status),
  });
  onTestFinished(() => app.close());
  const call: Stage['call'] = ({ cookie, csrf, key }, { method, path, body, headers, from }) =>
    app.inject({
      method,
      url: path,
      remoteAddress: from ?? '192.0.2.1',
      headers: {
        ...(cookie !== undefined && { cookie }),
        ...(csrf !== undefined && { 'sallyport-csrf': csrf }),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(body !== undefined && { payload: body as object }),
    });
  return {
    app,
    database,
    adminPassword,
    agent,
    desktops,
    clock,
    logLines,
    providerSignIns,
    call,
    signIn: async (name, password) => {
      const body = { name, password };
      return senderOf(await call({}, { method: 'POST', path: '/api/v1/sign-in', body }));
    },
    addUser: async (admin, name, more = {}) => {
      const body = { name, password: PASSWORD, ...more };
      const answer = await call(admin, { method: 'POST', path: '/api/v1/users', body });
      if (answer.statusCode !== 201) throw new Error(answer.body);
      return answer.json<{ id: string }>().id;
    },
  };
}

/** What the answer to signing in gives a browser. */
export function senderOf(answer: LightMyRequestResponse): Sender {
  if (answer.statusCode !== 200) throw new Error(answer.body);
  const [cookie] = answer.cookies;
  return {
    cookie: `${cookie?.name}=${cookie?.value}`,
    csrf: answer.json<{ csrfToken: string }>().csrfToken,
  };
}
