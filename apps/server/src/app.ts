import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import { SallyportError, toProblem } from '@sallyport/contract/errors';
import type { Setting } from '@sallyport/contract/settings';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  LogController,
} from 'fastify';
import type { AgentLink } from './agent/agent-link.ts';
import { createHandlers } from './api/handlers.ts';
import { addRoutes, setLogin } from './api/routes.ts';
import type { OidcClient } from './auth/oidc/oidc-client.ts';
import { addOidcRoutes } from './auth/oidc/oidc-routes.ts';
import type { RequestSeen } from './metrics/metrics.ts';
import type { Desktops } from './desktops/desktops.ts';
import type { Db } from './db/open-database.ts';
import type { World } from './ids.ts';
import { addPages } from './pages/pages.ts';

export interface AppDependencies {
  readonly db: Db;
  readonly world: World;
  readonly logger: FastifyBaseLogger;
  /** Whether people reach the server by https, as far as it knows. */
  readonly https: boolean;
  /** Addresses of proxies whose X-Forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly agent: AgentLink;
  readonly desktops: Desktops;
  /** Folder of the built page; what is not there is not served. */
  readonly pages: string;
  /** By whom people are known elsewhere; null: by nobody. */
  readonly oidc?: OidcClient | null;
  /** What the server is set up with, for those who may read it. */
  readonly settings: readonly Setting[];
  /** Told each request that has been answered. */
  readonly onAnswered?: (seen: RequestSeen) => void;
  /** Told what came of each sign-in by the provider, as a status. */
  readonly onSignIn?: (status: number) => void;
}

const BODY_LIMIT = 1024 * 1024;

/** The server's HTTP API, made from the contract. Does not listen. */
export async function buildApp(dependencies: AppDependencies): Promise<FastifyInstance> {
  const {
    db,
    world,
    logger,
    https,
    trustedProxies,
    agent,
    desktops,
    pages,
    settings,
    onAnswered,
    onSignIn = () => undefined,
    oidc = null,
  } = dependencies;
  const app = Fastify({
    loggerInstance: logger,
    bodyLimit: BODY_LIMIT,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    frameworkErrors: (error, _request, reply) => sendProblem(reply, badRequest(error.message)),
  });
  // JSON alone: what a form of another site can send is none.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(String(body)));
    } catch (error) {
      done(badRequest(`The body is not JSON: ${(error as Error).message}`));
    }
  });
  app.setErrorHandler((error, request, reply) => {
    const known = asSallyportError(error);
    if (known.code === 'internal') request.log.error(error, 'a request failed by a bug');
    sendProblem(reply, known);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0];
    const detail = `There is no ${request.method} ${path}.`;
    sendProblem(reply, new SallyportError('unknown_endpoint', detail));
  });
  // One line a request, without query and headers: tickets, keys and cookies are in those.
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const route = routeOptions.url ?? 'unknown';
    onAnswered?.({ method, route, status: reply.statusCode, seconds: reply.elapsedTime / 1_000 });
    request.log.info(
      {
        method,
        route,
        status: reply.statusCode,
        source: request.ip,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    );
    done();
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: https,
  });
  // A WebSocket is no request any more, and a stream of events has no end of its own.
  app.addHook('preClose', async () => {
    desktops.displays.close();
    desktops.live.close();
  });
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    desktops.displays.handleUpgrade(request, socket, head),
  );
  await app.register(cookie);
  // The prefix makes browsers refuse the cookie from a subdomain or without https.
  const login = { name: https ? '__Host-sallyport' : 'sallyport', secure: https };
  const handlers = createHandlers(db, world, { agent, oidc, settings, ...desktops });
  addRoutes(app, handlers, { db, now: world.now, cookie: login });
  if (oidc !== null) {
    const keep = (reply: FastifyReply, token: string): void => setLogin(reply, token, login);
    addOidcRoutes(app, { db, world, oidc, secure: https, setLogin: keep, onSignIn });
  }
  await addPages(app, { directory: pages, cookie: login.name });
  return app;
}

function asSallyportError(error: unknown): SallyportError {
  if (error instanceof SallyportError) return error;
  const status = (error as { readonly statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return badRequest((error as Error).message);
  }
  // The sentence of a bug may hold what was in the database: it is for the log, not for the caller.
  return new SallyportError('internal', 'The request failed by a bug.', {
    cause: error,
    remedy: 'Please report it with the log of the server.',
  });
}

function badRequest(detail: string): SallyportError {
  return new SallyportError('invalid_input', detail, {
    remedy: 'Send a JSON body as docs/server.md describes it.',
  });
}

function sendProblem(reply: FastifyReply, error: SallyportError): void {
  const problem = toProblem(error);
  void reply.code(problem.status).type('application/problem+json').send(problem);
}
