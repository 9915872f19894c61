import { createClient, type ServerClient } from '@sallyport/contract/client';
import { SallyportError } from '@sallyport/contract/errors';
import { SERVER_ENDPOINTS } from '@sallyport/contract/server/endpoints';
import { exchange, type Place } from '../http.ts';
import type { Login } from './credentials.ts';
import { serverUnreachable } from './server-unreachable.ts';

interface Visitor {
  /** Null: nobody is signed in. */
  readonly login: Login | null;
  /** Told the cookies that an answer brings, as `NAME=VALUE`. */
  readonly onCookie?: (cookie: string) => void;
}

/**
 * The server at an origin. Calls throw SallyportError: the server's own, or `server_unreachable`, also where
 * what answers is no Sallyport server.
 */
export function openServer(origin: string, { login, onCookie }: Visitor): ServerClient {
  const { protocol, hostname, port } = new URL(origin);
  const place: Place = {
    secure: protocol === 'https:',
    options: {
      // Brackets around an address are of the URL, not of the address.
      hostname: hostname.replace(/^\[|\]$/g, ''),
      ...(port !== '' && { port }),
    },
    headers: { accept: 'application/json', 'user-agent': 'sallyport', ...proofOf(login) },
    unreachable: (error) => serverUnreachable(origin, error),
  };
  return createClient<typeof SERVER_ENDPOINTS>(SERVER_ENDPOINTS, {
    name: 'server',
    transport: async (question) => {
      const { cookies, ...answer } = await exchange(place, question);
      for (const cookie of cookies) onCookie?.(cookie);
      return answer;
    },
    foreign: (status, cause) =>
      new SallyportError(
        'server_unreachable',
        `${origin} is no Sallyport server: it answered ${status} without a reason.`,
        {
          remedy: 'Correct the address: --server URL, SALLYPORT_SERVER, or `sallyport login URL`.',
          cause,
        },
      ),
  });
}

function proofOf(login: Login | null): Readonly<Record<string, string>> {
  if (login === null) return {};
  if ('key' in login) return { authorization: `Bearer ${login.key}` };
  return { cookie: login.cookie, 'sallyport-csrf': login.csrf };
}
