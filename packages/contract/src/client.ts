import type * as z from 'zod';
import { ENDPOINTS, type Endpoint, type EndpointName } from './endpoints.ts';
import { fromProblem, problemSchema, SallyportError } from './errors.ts';

/** One HTTP exchange; the caller knows where the agent listens. */
export type Transport = (request: {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}) => Promise<{ readonly status: number; readonly body: unknown }>;

type Input<E extends Endpoint, K extends 'params' | 'query' | 'body'> = E extends {
  readonly [P in K]: infer S extends z.ZodType;
}
  ? { readonly [P in K]: z.input<S> }
  : unknown;

/** What a call of this endpoint takes: `params`, `query` and `body` as far as it has them. */
export type CallInput<N extends EndpointName> = Input<(typeof ENDPOINTS)[N], 'params'> &
  Input<(typeof ENDPOINTS)[N], 'query'> &
  Input<(typeof ENDPOINTS)[N], 'body'>;
export type CallOutput<N extends EndpointName> = z.output<(typeof ENDPOINTS)[N]['response']>;

/** Calls the agent. Not for endpoints that stream. */
export type Client = <N extends EndpointName>(
  name: N,
  input: CallInput<N>,
) => Promise<CallOutput<N>>;

interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/**
 * @throws SallyportError with the agent's own code; `internal` when the answer is not of the contract
 */
export function createClient(transport: Transport): Client {
  return async (name, input) => {
    const endpoint: Endpoint = ENDPOINTS[name];
    const { params, query, body } = input as AnyInput;
    const answer = await transport({
      method: endpoint.method,
      path: requestPath(endpoint.path, params ?? {}, query ?? {}),
      body,
    });
    if (answer.status >= 400) {
      const problem = problemSchema.safeParse(answer.body);
      if (problem.success) throw fromProblem(problem.data);
      throw new SallyportError('internal', `The agent answered ${answer.status} without a reason.`);
    }
    const value = endpoint.response.safeParse(answer.body);
    if (value.success) return value.data as CallOutput<typeof name>;
    throw new SallyportError('internal', `The agent's answer to ${name} is not of the contract.`, {
      remedy: 'The agent and the caller may be of different versions; update and restart both.',
      cause: value.error,
    });
  };
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
