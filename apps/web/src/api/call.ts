import {
  createClient,
  type Question,
  type Route,
  type ServerInput,
  type ServerOutput,
} from '@sallyport/contract/client';
import { SallyportError } from '@sallyport/contract/errors';
import type { SERVER_ENDPOINTS, ServerEndpointName } from '@sallyport/contract/server/endpoints';
import { texts } from '../texts.ts';

/**
 * The routes without schemas, which vite.config.ts takes from the contract: the page has no use for 50 kB of
 * code that checks answers, since page and server are of one installation.
 */
declare const SERVER_ROUTES: Readonly<Record<ServerEndpointName, Route>>;

/** What a call takes, as the contract has it. `version`: of what was read, where it is changed. */
export type CallInput<N extends ServerEndpointName> = ServerInput<N>;
export type Answer<N extends ServerEndpointName> = ServerOutput<N>;

/** Of the present sign-in; changes carry it. */
let csrfToken: string | null = null;

/** Whether somebody has signed in since the page was loaded, or was found to be signed in. */
export function hasCsrfToken(): boolean {
  return csrfToken !== null;
}

/** To be called with each account that the server answers. */
export function keepCsrfToken(token: string | null): void {
  csrfToken = token;
}

/**
 * Calls an endpoint of the server.
 * @throws SallyportError what the server refused, with its code and remedy; `server_unreachable`
 */
export const call = createClient<typeof SERVER_ENDPOINTS>(SERVER_ROUTES, {
  name: 'server',
  transport: reach,
  newKey: randomKey,
  foreign: (_status, cause) => unreachable(cause),
});

/** `crypto.randomUUID` is missing where the page is served by plain HTTP to another machine. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join(
    '-',
  );
}

async function reach({ method, path, headers, text }: Question) {
  const proof = method !== 'GET' && csrfToken !== null && { 'sallyport-csrf': csrfToken };
  try {
    const response = await fetch(path, {
      method,
      headers: { ...headers, ...proof },
      ...(text !== undefined && { body: text }),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw unreachable(error);
  }
}

function unreachable(cause: unknown): SallyportError {
  const remedy = texts.unreachableRemedy;
  return new SallyportError('server_unreachable', texts.unreachable, { cause, remedy });
}
