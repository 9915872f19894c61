import { requestPath } from '@sallyport/contract/client';
import { fromProblem, problemSchema, SallyportError } from '@sallyport/contract/errors';
import type { ServerEndpoint } from '@sallyport/contract/server/endpoint';
import { SERVER_ENDPOINTS, type ServerEndpointName } from '@sallyport/contract/server/endpoints';
import type * as z from 'zod';
import type { Login } from './credentials.ts';
import { askServer, type ServerAnswer } from './server-transport.ts';

type Endpoints = typeof SERVER_ENDPOINTS;

type Part<E, K extends string> = E extends { readonly [P in K]: infer S extends z.ZodType }
  ? { readonly [P in K]: z.input<S> }
  : unknown;

/** A changed object's version, as it was read: who changed it meanwhile is not overwritten. */
type Version<E> = E extends { readonly versioned: true } ? { readonly version: number } : unknown;

/** What a call takes: `params`, `query` and `body` as far as the endpoint has them. */
export type ServerInput<N extends ServerEndpointName> = Part<Endpoints[N], 'params'> &
  Part<Endpoints[N], 'query'> &
  Part<Endpoints[N], 'body'> &
  Version<Endpoints[N]>;
export type ServerOutput<N extends ServerEndpointName> = z.output<Endpoints[N]['response']>;

/** Calls the server in the name of who has signed in. */
export type ServerClient = <N extends ServerEndpointName>(
  name: N,
  input: ServerInput<N>,
) => Promise<ServerOutput<N>>;

interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly version?: number;
}

/** An answer of the contract, and the cookies that came with it. */
export interface Exchange<N extends ServerEndpointName> {
  readonly value: ServerOutput<N>;
  readonly cookies: readonly string[];
}

/**
 * One call.
 * @param input.login null: nobody is signed in
 * @throws SallyportError with the server's own code; `server_unreachable`; `internal` when the answer
 *   is not of the contract
 */
export async function exchange<N extends ServerEndpointName>(
  origin: string,
  name: N,
  input: ServerInput<N> & { readonly login: Login | null },
): Promise<Exchange<N>> {
  const endpoint: ServerEndpoint = SERVER_ENDPOINTS[name];
  const { params, query, body, version } = input as AnyInput;
  const answer = await askServer(origin, {
    method: endpoint.method,
    path: requestPath(endpoint.path, params ?? {}, query ?? {}),
    headers: {
      ...proofOf(input.login),
      ...(version !== undefined && { 'if-match': `"${version}"` }),
    },
    body,
  });
  if (answer.status >= 400) throw refusal(origin, answer);
  const value = endpoint.response.safeParse(answer.body);
  if (!value.success) {
    throw new SallyportError('internal', `The server's answer to ${name} is not of the contract.`, {
      remedy: 'The server and the command line may be of different versions; update both.',
      cause: value.error,
    });
  }
  return { value: value.data as ServerOutput<N>, cookies: answer.cookies };
}

function proofOf(login: Login | null): Readonly<Record<string, string>> {
  if (login === null) return {};
  if ('key' in login) return { authorization: `Bearer ${login.key}` };
  return { cookie: login.cookie, 'sallyport-csrf': login.csrf };
}

function refusal(origin: string, { status, body }: ServerAnswer): SallyportError {
  const problem = problemSchema.safeParse(body);
  if (problem.success) return fromProblem(problem.data);
  return new SallyportError(
    'server_unreachable',
    `${origin} answered ${status} without a reason.`,
    {
      remedy: 'Look whether this is the address of a Sallyport server.',
    },
  );
}
