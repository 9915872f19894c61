import type { CallOutput } from '@sallyport/contract/client';
import { ENDPOINTS, type Endpoint, type EndpointName } from '@sallyport/contract/endpoints';
import { SallyportError, toProblem } from '@sallyport/contract/errors';
import { parseInput } from '@sallyport/contract/parse';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type * as z from 'zod';

type Parsed<E extends Endpoint, K extends 'params' | 'query' | 'body'> = E extends {
  readonly [P in K]: infer S extends z.ZodType;
}
  ? { readonly [P in K]: z.output<S> }
  : unknown;

/** What a handler gets: what the endpoint declares, read and checked, and who asks. */
export type HandlerInput<N extends EndpointName> = Parsed<(typeof ENDPOINTS)[N], 'params'> &
  Parsed<(typeof ENDPOINTS)[N], 'query'> &
  Parsed<(typeof ENDPOINTS)[N], 'body'> & {
    /** As the caller says; the socket's file mode decides who can say anything. */
    readonly actor: string | null;
    /** Aborted when the caller has gone. */
    readonly signal: AbortSignal;
  };

type Answer<N extends EndpointName> = (typeof ENDPOINTS)[N] extends { readonly stream: 'ndjson' }
  ? AsyncIterable<CallOutput<N>>
  : Promise<CallOutput<N>>;

/** One handler for each endpoint of the contract; a new endpoint does not compile without one. */
export type Handlers = { readonly [N in EndpointName]: (input: HandlerInput<N>) => Answer<N> };

/** Larger than any document of 4,096 networks, small enough to be read at once. */
const BODY_LIMIT = 4 * 1024 * 1024;

/** The agent's HTTP API, made from the contract. Does not listen. */
export function buildServer(handlers: Handlers, logger: FastifyBaseLogger): FastifyInstance {
  const server = Fastify({
    loggerInstance: logger,
    bodyLimit: BODY_LIMIT,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    // A bug must be told as such, with fastify's own parsing and routing errors told apart from it.
    frameworkErrors: (error, _request, reply) => sendProblem(reply, badRequest(error.message)),
  });
  // A request without a body is fine whatever content type it announces; schemas say where one is needed.
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(String(body)));
    } catch (error) {
      done(badRequest(`The body is not JSON: ${(error as Error).message}`));
    }
  });
  server.setErrorHandler((error, request, reply) => {
    const known = asSallyportError(error);
    if (known.code === 'internal') request.log.error(error, 'a request failed by a bug');
    sendProblem(reply, known);
  });
  server.setNotFoundHandler((request, reply) => {
    sendProblem(
      reply,
      new SallyportError('unknown_endpoint', `There is no ${request.method} ${request.url}.`, {
        remedy:
          'The agent and the caller may be of different versions; docs/api.md lists the endpoints.',
      }),
    );
  });
  for (const name of Object.keys(ENDPOINTS) as EndpointName[]) {
    addRoute(server, ENDPOINTS[name], handlers[name] as (input: unknown) => unknown);
  }
  return server;
}

function addRoute(
  server: FastifyInstance,
  endpoint: Endpoint,
  handle: (input: unknown) => unknown,
): void {
  server.route({
    method: endpoint.method,
    url: endpoint.path.replace(/\{(\w+)\}/g, ':$1'),
    handler: async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const answer = handle({
        ...readInput(endpoint, request),
        actor: actorOf(request),
        signal: gone.signal,
      });
      if (endpoint.stream === 'ndjson') return stream(reply, answer as AsyncIterable<unknown>);
      const body: unknown = await answer;
      return reply.code(endpoint.status).send(body);
    },
  });
}

function readInput(endpoint: Endpoint, request: FastifyRequest): Record<string, unknown> {
  return {
    ...(endpoint.params && { params: parseInput(endpoint.params, request.params) }),
    ...(endpoint.query && { query: parseInput(endpoint.query, request.query) }),
    ...(endpoint.body && { body: parseInput(endpoint.body, request.body) }),
  };
}

/** Printable and short, since it ends in logs and on terminals. */
function actorOf(request: FastifyRequest): string | null {
  const header = request.headers['sallyport-actor'];
  if (typeof header !== 'string') return null;
  const clean = header.replace(/[^\x20-\x7e]/g, '').slice(0, 64);
  return clean === '' ? null : clean;
}

async function stream(reply: FastifyReply, values: AsyncIterable<unknown>): Promise<FastifyReply> {
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson' });
  reply.raw.flushHeaders();
  for await (const value of values) reply.raw.write(`${JSON.stringify(value)}\n`);
  reply.raw.end();
  return reply;
}

function asSallyportError(error: unknown): SallyportError {
  if (error instanceof SallyportError) return error;
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return badRequest((error as Error).message);
  return new SallyportError('internal', toProblem(error).detail, {
    cause: error,
    remedy: toProblem(error).remedy,
  });
}

function badRequest(detail: string): SallyportError {
  return new SallyportError('invalid_input', detail, {
    remedy: 'Send a JSON body as docs/api.md describes it.',
  });
}

function sendProblem(reply: FastifyReply, error: SallyportError): void {
  const problem = toProblem(error);
  void reply.code(problem.status).type('application/problem+json').send(problem);
}
