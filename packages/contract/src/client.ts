import type * as z from 'zod';
import type { ENDPOINTS, EndpointName } from './endpoints.ts';
import { readProblem, SallyportError } from './errors.ts';
import type { SERVER_ENDPOINTS, ServerEndpointName } from './server/endpoints.ts';

/** Of an endpoint what a call needs. The endpoints themselves are routes. */
export interface Route {
  readonly method: string;
  /** With `{parameter}` segments. */
  readonly path: string;
  /** The version that is changed goes along as `If-Match`. */
  readonly versioned?: boolean;
  /** An `Idempotency-Key` may go along. */
  readonly idempotent?: boolean;
  /** What an answer must be; without one it is trusted. */
  readonly response?: z.ZodType;
}

/** What is to be sent; `text` is JSON, and undefined where there is no body. */
export interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | undefined;
}

/** One HTTP exchange; the caller knows where the other side listens, and who asks. */
export type Transport = (
  question: Question,
) => Promise<{ readonly status: number; readonly text: string }>;

/** The other side. */
export interface Peer {
  /** As sentences call it. */
  readonly name: 'agent' | 'server';
  readonly transport: Transport;
  /** Makes the key of a request that may be repeated; without it none has one. */
  readonly newKey?: () => string;
  /** What an answer means that no such peer gives, as the page of a proxy. By default a bug. */
  readonly foreign?: (status: number, cause: unknown) => SallyportError;
}

type Part<E, K extends string> = E extends { readonly [P in K]: infer S extends z.ZodType }
  ? undefined extends z.input<S>
    ? { readonly [P in K]?: z.input<S> }
    : { readonly [P in K]: z.input<S> }
  : unknown;

/** May be left out where no field of it is required. */
type Query<E> = E extends { readonly query: infer S extends z.ZodType }
  ? Partial<z.input<S>> extends z.input<S>
    ? { readonly query?: z.input<S> }
    : { readonly query: z.input<S> }
  : unknown;

/** A changed object's version, as it was read: who changed it meanwhile is not overwritten. */
type Version<E> = E extends { readonly versioned: true } ? { readonly version: number } : unknown;

type InputOf<E> = Part<E, 'params'> & Query<E> & Part<E, 'body'> & Version<E>;
type OutputOf<E> = E extends { readonly response: infer S extends z.ZodType } ? z.output<S> : never;
type ClientOf<M> = <N extends keyof M>(name: N, input: InputOf<M[N]>) => Promise<OutputOf<M[N]>>;

/** What a call of the agent takes: `params`, `query` and `body` as far as the endpoint has them. */
export type CallInput<N extends EndpointName> = InputOf<(typeof ENDPOINTS)[N]>;
export type CallOutput<N extends EndpointName> = OutputOf<(typeof ENDPOINTS)[N]>;
/** Calls the agent. Not for endpoints that stream. */
export type Client = ClientOf<typeof ENDPOINTS>;

/** The same of the server; `version` where one is changed. */
export type ServerInput<N extends ServerEndpointName> = InputOf<(typeof SERVER_ENDPOINTS)[N]>;
export type ServerOutput<N extends ServerEndpointName> = OutputOf<(typeof SERVER_ENDPOINTS)[N]>;
/** Calls the server, in the name of whom its transport signs in. */
export type ServerClient = ClientOf<typeof SERVER_ENDPOINTS>;

interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly version?: number;
}

/**
 * Calls the agent or the server by the endpoints' data. What a call throws is a SallyportError: with the
 * other side's own code; `internal` when the answer is not of the contract; and what the transport throws.
 */
export function createClient<M extends typeof ENDPOINTS | typeof SERVER_ENDPOINTS>(
  routes: { readonly [N in keyof M]: Route },
  peer: Peer,
): ClientOf<M> {
  return async (name, input) => {
    const route = routes[name];
    const answer = await peer.transport(questionOf(route, input as AnyInput, peer.newKey));
    if (answer.status >= 400) throw refusalOf(peer, answer);
    const value = parseJson(peer, answer);
    const parsed = route.response?.safeParse(value) ?? { success: true, data: value };
    if (parsed.success) return parsed.data as OutputOf<M[typeof name]>;
    const sentence = `The ${peer.name}'s answer to ${String(name)} is not of the contract.`;
    throw new SallyportError('internal', sentence, {
      remedy: `The ${peer.name} and the caller may be of different versions; update and restart both.`,
      cause: parsed.error,
    });
  };
}

/** Why the other side refused. */
export function refusalOf(
  peer: Pick<Peer, 'name' | 'foreign'>,
  answer: { readonly status: number; readonly text: string },
): SallyportError {
  const known = readProblem(parseJson(peer, answer));
  if (known !== null) return known;
  const sentence = `The ${peer.name} answered ${answer.status} without a reason.`;
  return peer.foreign?.(answer.status, undefined) ?? new SallyportError('internal', sentence);
}

function questionOf(
  { method, path, versioned, idempotent }: Route,
  { params = {}, query = {}, body, version }: AnyInput,
  newKey: Peer['newKey'],
): Question {
  return {
    method,
    path: requestPath(path, params, query),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(versioned === true && { 'if-match': `"${version}"` }),
      ...(idempotent === true && newKey !== undefined && { 'idempotency-key': newKey() }),
    },
    text: body === undefined ? undefined : JSON.stringify(body),
  };
}

function parseJson(
  { name, foreign }: Pick<Peer, 'name' | 'foreign'>,
  { status, text }: { readonly status: number; readonly text: string },
): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const sentence = `The ${name} answered something that is not JSON.`;
    const remedy = `See whether this is the address of a Sallyport ${name}.`;
    throw foreign?.(status, cause) ?? new SallyportError('internal', sentence, { remedy, cause });
  }
}

/** Fills `{parameter}` segments and appends the query. */
export function requestPath(
  path: string,
  params: Readonly<Record<string, unknown>>,
  query: Readonly<Record<string, unknown>>,
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, key: string) =>
    encodeURIComponent(String(params[key])),
  );
  const search = new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
  return search === '' ? filled : `${filled}?${search}`;
}
