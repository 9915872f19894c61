import type { ServerEndpoint } from '@sallyport/contract/server/endpoint';
import type { SERVER_ENDPOINTS, ServerEndpointName } from '@sallyport/contract/server/endpoints';
import type * as z from 'zod';
import type { Caller } from '../people/account.ts';

type Parsed<E extends ServerEndpoint, K extends 'params' | 'query' | 'body'> = E extends {
  readonly [P in K]: infer S extends z.ZodType;
}
  ? { readonly [P in K]: z.output<S> }
  : unknown;

/** Besides what the endpoint declares. */
export interface RequestContext<C extends Caller | null> {
  readonly caller: C;
  /** Address of the caller, as far as proxies are trusted. */
  readonly source: string;
  /** From `If-Match`; null for `*` and where the endpoint has no versions. */
  readonly version: number | null;
  /** `Last-Event-ID`, which browsers send when a stream of events broke. */
  readonly lastEventId: string | null;
  /** Who the caller is by now; null: nobody any more. */
  readonly callerNow: () => Promise<Caller | null>;
  /** Sets the cookie of a sign-in, or takes it away. */
  readonly setLogin: (token: string | null) => void;
}

type CallerOf<N extends ServerEndpointName> = (typeof SERVER_ENDPOINTS)[N] extends {
  readonly access: 'public';
}
  ? Caller | null
  : Caller;

type HandlerInput<N extends ServerEndpointName> = Parsed<(typeof SERVER_ENDPOINTS)[N], 'params'> &
  Parsed<(typeof SERVER_ENDPOINTS)[N], 'query'> &
  Parsed<(typeof SERVER_ENDPOINTS)[N], 'body'> &
  RequestContext<CallerOf<N>>;

/** One handler for each endpoint; a new endpoint does not compile without one. */
export type ServerHandlers = {
  readonly [N in ServerEndpointName]: (
    input: HandlerInput<N>,
  ) => Promise<z.output<(typeof SERVER_ENDPOINTS)[N]['response']>>;
};
