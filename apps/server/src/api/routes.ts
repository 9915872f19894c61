import { Readable } from 'node:stream';
import { SallyportError } from '@sallyport/contract/errors';
import { parseInput } from '@sallyport/contract/parse';
import type { ServerEndpoint } from '@sallyport/contract/server/endpoint';
import { SERVER_ENDPOINTS, type ServerEndpointName } from '@sallyport/contract/server/endpoints';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Db } from '../db/open-database.ts';
import type { Caller } from '../people/account.ts';
import { assertAllowed } from './assert-allowed.ts';
import type { RequestContext, ServerHandlers } from './contract-types.ts';
import { once } from './idempotency.ts';
import { assertSameOrigin, findCaller } from './who-asks.ts';

export interface RouteOptions {
  readonly db: Db;
  readonly now: () => number;
  readonly cookie: { readonly name: string; readonly secure: boolean };
}

const MEBIBYTE = 1024 * 1024;

type AnyHandler = (input: RequestContext<Caller | null>) => Promise<unknown>;

/** All endpoints of the contract; nothing else answers below /api. */
export function addRoutes(
  app: FastifyInstance,
  handlers: ServerHandlers,
  options: RouteOptions,
): void {
  for (const name of Object.keys(SERVER_ENDPOINTS) as ServerEndpointName[]) {
    addRoute(app, { name, handle: handlers[name] as AnyHandler }, options);
  }
}

interface Route {
  readonly name: ServerEndpointName;
  readonly handle: AnyHandler;
}

function addRoute(app: FastifyInstance, { name, handle }: Route, options: RouteOptions): void {
  const endpoint: ServerEndpoint = SERVER_ENDPOINTS[name];
  const { db, now, cookie } = options;
  const callers = new WeakMap<FastifyRequest, Caller>();
  const findNow = (request: FastifyRequest): Promise<Caller | null> =>
    findCaller(db, now(), { request, cookie: cookie.name });
  app.route({
    method: endpoint.method,
    url: endpoint.path.replace(/\{(\w+)\}/g, ':$1'),
    ...(endpoint.bodyLimitMiB && { bodyLimit: endpoint.bodyLimitMiB * MEBIBYTE }),
    // Before the body is read: who may not call has nothing of theirs parsed.
    onRequest: async (request) => {
      if (endpoint.method !== 'GET') assertSameOrigin(request);
      // Public endpoints ask the database nothing about who calls, so that they answer without it.
      const caller = endpoint.access === 'public' ? null : await findNow(request);
      assertAllowed(endpoint, caller);
      if (caller !== null) callers.set(request, caller);
    },
    handler: async (request, reply) => {
      const caller = callers.get(request) ?? null;
      const callerNow = () => findNow(request);
      // After the decision: who may not call learns nothing of what would be valid.
      const input = {
        ...readInput(endpoint, request),
        caller,
        source: request.ip,
        version: endpoint.versioned ? readVersion(request) : null,
        lastEventId: headerOf(request, 'last-event-id'),
        callerNow,
        setLogin: (token: string | null) => setLogin(reply, token, cookie),
      };
      const work = async () => ({ status: endpoint.status, body: await handle(input) });
      const key = endpoint.idempotent ? readKey(request) : null;
      const answer =
        key === null || caller === null
          ? await work()
          : await once(db, now(), {
              request: { userId: caller.user.id, key, endpoint: name, body: request.body },
              work,
            });
      const { version } = answer.body as { readonly version?: unknown };
      if (typeof version === 'number') reply.header('etag', `"${version}"`);
      if (endpoint.media !== undefined) reply.type(endpoint.media);
      return reply
        .header('cache-control', 'no-store')
        .code(answer.status)
        .send(asSent(answer.body));
    },
  });
}

/** Fastify sends streams of Node.js; by them a slow reader holds back who writes. */
function asSent(body: unknown): unknown {
  const isText = typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
  return isText ? Readable.from(body as AsyncIterable<string>, { objectMode: false }) : body;
}

function headerOf({ headers }: FastifyRequest, name: string): string | null {
  const given = headers[name];
  return typeof given === 'string' ? given : null;
}

function readInput(endpoint: ServerEndpoint, request: FastifyRequest): Record<string, unknown> {
  return {
    ...(endpoint.params && { params: parseInput(endpoint.params, request.params) }),
    ...(endpoint.query && { query: parseInput(endpoint.query, request.query) }),
    ...(endpoint.body && { body: parseInput(endpoint.body, request.body) }),
  };
}

/** @throws SallyportError `version_required`, `invalid_input` */
function readVersion({ headers }: FastifyRequest): number | null {
  const given = headers['if-match'];
  if (given === undefined) {
    throw new SallyportError('version_required', 'The If-Match header is missing.', {
      remedy: 'Send the ETag of what you read, or * to overwrite whatever is there.',
    });
  }
  if (given === '*') return null;
  const digits = /^"(\d{1,9})"$/.exec(given)?.[1];
  if (digits === undefined) {
    throw new SallyportError('invalid_input', 'The If-Match header is no ETag of this server.');
  }
  return Number(digits);
}

function readKey({ headers }: FastifyRequest): string | null {
  const given = headers['idempotency-key'];
  if (given === undefined) return null;
  if (typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given)) return given;
  throw new SallyportError(
    'invalid_input',
    'The Idempotency-Key header must have 1 to 128 printable characters.',
  );
}

/** The cookie of a sign-in; null takes it away. */
export function setLogin(
  reply: FastifyReply,
  token: string | null,
  { name, secure }: RouteOptions['cookie'],
): void {
  // Lax: a link from elsewhere finds the person signed in; changes need the CSRF token besides.
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
  if (token === null) reply.clearCookie(name, options);
  else reply.setCookie(name, token, options);
}
