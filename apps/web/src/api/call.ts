import { fromProblem, type Problem, SallyportError } from '@sallyport/contract/errors';
import type { ServerEndpoint } from '@sallyport/contract/server/endpoint';
import type { SERVER_ENDPOINTS, ServerEndpointName } from '@sallyport/contract/server/endpoints';
import type * as z from 'zod';
import { texts } from '../texts.ts';

/**
 * Of each endpoint what a call needs, which vite.config.ts takes from the contract. The contract itself
 * would bring its schemas, 50 kB of code that the page has no use for.
 */
declare const SERVER_ROUTES: Readonly<
  Record<
    ServerEndpointName,
    Pick<ServerEndpoint, 'method' | 'path'> & {
      readonly versioned: boolean;
      readonly idempotent: boolean;
    }
  >
>;

type Endpoints = typeof SERVER_ENDPOINTS;
type Part<N extends ServerEndpointName, K extends string> =
  Endpoints[N] extends Readonly<Record<K, infer S extends z.ZodType>>
    ? undefined extends z.input<S>
      ? { readonly [key in K]?: z.input<S> }
      : { readonly [key in K]: z.input<S> }
    : object;
type LooseQuery<N extends ServerEndpointName> =
  Endpoints[N] extends Readonly<Record<'query', z.ZodType>>
    ? { readonly query?: Readonly<Record<string, string | number>> }
    : object;

/** What a call takes, as the contract has it. `version`: of what was read, where it is changed. */
export type CallInput<N extends ServerEndpointName> = Part<N, 'params'> &
  Part<N, 'body'> &
  LooseQuery<N> & { readonly version?: number };
export type Answer<N extends ServerEndpointName> = z.output<Endpoints[N]['response']>;

/** Of the present sign-in; changes carry it. */
let csrfToken: string | null = null;

/** To be called with each account that the server answers. */
export function keepCsrfToken(token: string | null): void {
  csrfToken = token;
}

interface LooseInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  readonly version?: number;
}

/**
 * Calls an endpoint of the server. Answers are trusted: page and server are of one installation.
 * @throws SallyportError what the server refused, with its code and remedy
 */
export async function call<N extends ServerEndpointName>(
  name: N,
  given: CallInput<N>,
): Promise<Answer<N>> {
  const endpoint = SERVER_ROUTES[name];
  const { params = {}, query = {}, body, version } = given as LooseInput;
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_match, key: string) =>
    encodeURIComponent(params[key] ?? ''),
  );
  const search = new URLSearchParams(
    Object.entries(query).map(([key, value]) => [key, String(value)]),
  ).toString();
  const changes = endpoint.method !== 'GET';
  const response = await reach(search === '' ? path : `${path}?${search}`, {
    method: endpoint.method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(changes && csrfToken !== null && { 'sallyport-csrf': csrfToken }),
      ...(endpoint.idempotent && { 'idempotency-key': randomKey() }),
      ...(endpoint.versioned && { 'if-match': version === undefined ? '*' : `"${version}"` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer as Answer<N>;
  throw fromProblem(answer as Problem);
}

/** `crypto.randomUUID` is missing where the page is served by plain HTTP to another machine. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join(
    '-',
  );
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (error) {
    throw new SallyportError('server_unreachable', texts.unreachable, {
      cause: error,
      remedy: texts.unreachableRemedy,
    });
  }
}
