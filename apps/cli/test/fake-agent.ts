import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ENDPOINTS, type Endpoint, type EndpointName } from '@sallyport/contract/endpoints';
import { SallyportError, toProblem } from '@sallyport/contract/errors';
import { parseInput } from '@sallyport/contract/parse';

/** What reached the agent. */
interface Asked {
  readonly endpoint: EndpointName;
  readonly actor: string | undefined;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What it answers: a value, or a refusal that is thrown. Streams: a list of values. */
export type Answers = Partial<Record<EndpointName, (asked: Asked) => unknown>>;

export interface FakeAgent {
  readonly socket: string;
  readonly asked: readonly Asked[];
  readonly close: () => Promise<void>;
}

/**
 * An agent that holds itself to the contract on both sides: it refuses what the contract refuses, and
 * can't answer what the contract does not allow.
 */
export async function startFakeAgent(answers: Answers): Promise<FakeAgent> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-cli-'));
  const socket = join(folder, 'agent.sock');
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    answer(request, response, { answers, asked }).catch((error: unknown) => {
      const problem = toProblem(error);
      response.writeHead(problem.status, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(problem));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  return {
    socket,
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { answers, asked }: { readonly answers: Answers; readonly asked: Asked[] },
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://agent');
  const [name, params] = findEndpoint(request.method ?? '', url.pathname);
  const endpoint: Endpoint = ENDPOINTS[name];
  const body = await text(request);
  const actor = request.headers['sallyport-actor'];
  const call: Asked = {
    endpoint: name,
    actor: typeof actor === 'string' ? actor : undefined,
    input: {
      ...(endpoint.params && { params: parseInput(endpoint.params, params) }),
      ...(endpoint.query && {
        query: parseInput(endpoint.query, Object.fromEntries(url.searchParams)),
      }),
      ...(endpoint.body && { body: parseInput(endpoint.body, JSON.parse(body)) }),
    },
  };
  asked.push(call);
  const give = answers[name];
  if (give === undefined) throw new SallyportError('unknown_endpoint', `No answer to ${name}.`);
  const value = give(call);
  if (endpoint.stream === 'ndjson') {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const item of value as readonly unknown[]) {
      response.write(`${JSON.stringify(endpoint.response.parse(item))}\n`);
    }
    response.end();
    return;
  }
  endpoint.response.parse(value);
  response.writeHead(endpoint.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function findEndpoint(method: string, path: string): [EndpointName, Record<string, string>] {
  for (const [name, endpoint] of Object.entries(ENDPOINTS) as [EndpointName, Endpoint][]) {
    const pattern = endpoint.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    const match = new RegExp(`^${pattern}$`).exec(path);
    if (endpoint.method !== method || match === null) continue;
    const groups = Object.entries(match.groups ?? {});
    return [
      name,
      Object.fromEntries(groups.map(([key, value]) => [key, decodeURIComponent(value)])),
    ];
  }
  throw new SallyportError('unknown_endpoint', `There is no ${method} ${path}.`);
}
