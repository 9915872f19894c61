import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { ListenOptions } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Endpoint } from '@sallyport/contract/endpoints';
import { SallyportError, toProblem } from '@sallyport/contract/errors';
import { parseInput } from '@sallyport/contract/parse';

/** What reached the fake. */
export interface Asked<N extends string> {
  readonly endpoint: N;
  readonly headers: IncomingHttpHeaders;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What it answers: a value, or a refusal that is thrown. Streams: a list of values. */
export type Answers<N extends string> = Partial<Record<N, (asked: Asked<N>) => unknown>>;

interface Role<N extends string> {
  readonly endpoints: Readonly<Record<N, Endpoint>>;
  readonly answers: Answers<N>;
  readonly listen: ListenOptions;
  readonly cookies?: readonly string[];
}

export interface Fake<N extends string> {
  readonly port: number;
  readonly asked: readonly Asked<N>[];
  readonly close: () => void;
}

/**
 * Somebody who holds to a contract on both sides: refuses what the contract refuses, and can't answer
 * what the contract does not allow.
 */
export async function startFake<N extends string>(role: Role<N>): Promise<Fake<N>> {
  const asked: Asked<N>[] = [];
  const server = createServer((request, response) => {
    answer(request, response, { role, asked }).catch((error: unknown) => {
      const problem = toProblem(error);
      response.writeHead(problem.status, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(problem));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(role.listen, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer<N extends string>(
  request: IncomingMessage,
  response: ServerResponse,
  { role, asked }: { readonly role: Role<N>; readonly asked: Asked<N>[] },
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fake');
  const [name, params] = findEndpoint(role.endpoints, request.method ?? '', url.pathname);
  const endpoint = role.endpoints[name];
  const body = await text(request);
  const call: Asked<N> = {
    endpoint: name,
    headers: request.headers,
    input: {
      ...(endpoint.params && { params: parseInput(endpoint.params, params) }),
      ...(endpoint.query && {
        query: parseInput(endpoint.query, Object.fromEntries(url.searchParams)),
      }),
      ...(endpoint.body && { body: parseInput(endpoint.body, JSON.parse(body)) }),
    },
  };
  asked.push(call);
  const give = role.answers[name];
  if (give === undefined) throw new SallyportError('unknown_endpoint', `No answer to ${name}.`);
  const value = await give(call);
  if (endpoint.stream === 'ndjson') {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const item of value as readonly unknown[]) {
      response.write(`${JSON.stringify(endpoint.response.parse(item))}\n`);
    }
    response.end();
    return;
  }
  endpoint.response.parse(value);
  response.writeHead(endpoint.status, {
    'content-type': 'application/json',
    ...(role.cookies && { 'set-cookie': [...role.cookies] }),
  });
  response.end(JSON.stringify(value));
}

function findEndpoint<N extends string>(
  endpoints: Readonly<Record<N, Endpoint>>,
  method: string,
  path: string,
): [N, Record<string, string>] {
  for (const [name, endpoint] of Object.entries<Endpoint>(endpoints)) {
    const pattern = endpoint.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    const match = new RegExp(`^${pattern}$`).exec(path);
    if (endpoint.method !== method || match === null) continue;
    const groups = Object.entries(match.groups ?? {});
    return [
      name as N,
      Object.fromEntries(groups.map(([key, value]) => [key, decodeURIComponent(value)])),
    ];
  }
  throw new SallyportError('unknown_endpoint', `There is no ${method} ${path}.`);
}
