import { SallyportError } from '@sallyport/contract/errors';
import type { FastifyRequest } from 'fastify';
import { findKey } from '../auth/api-keys.ts';
import { findLogin } from '../auth/logins.ts';
import { csrfTokenOf, sameText } from '../auth/secrets.ts';
import type { Db } from '../db/open-database.ts';
import { type Caller, loadCaller, parsePermissions } from '../people/account.ts';

const SAFE_METHODS = ['GET', 'HEAD'];

/**
 * The person behind a request: by API key, else by cookie. Null: nobody, or nobody any more.
 * @throws SallyportError `foreign_request` where a change by cookie lacks the proof of its origin
 */
export async function findCaller(
  db: Db,
  now: number,
  { request, cookie }: { readonly request: FastifyRequest; readonly cookie: string },
): Promise<Caller | null> {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) {
    const key = await findKey(db, now, bearer);
    if (key === null) return null;
    const scopes = new Set(parsePermissions(key.scopes));
    return loadCaller(db, key.user_id, { scopes, loginToken: null, source: request.ip });
  }
  const loginToken = request.cookies[cookie];
  if (loginToken === undefined) return null;
  const userId = await findLogin(db, now, loginToken);
  if (userId === null) return null;
  if (!SAFE_METHODS.includes(request.method)) assertOwnPage(request, loginToken);
  return loadCaller(db, userId, { scopes: null, loginToken, source: request.ip });
}

/** A page of another site can send the cookie along, but neither read nor guess the token. */
function assertOwnPage(request: FastifyRequest, loginToken: string): void {
  const given = request.headers['sallyport-csrf'];
  if (typeof given === 'string' && sameText(given, csrfTokenOf(loginToken))) return;
  throw new SallyportError('foreign_request', 'The Sallyport-CSRF header is missing or wrong.', {
    remedy: 'Send `csrfToken` of the answer to signing in, or of GET /api/v1/me.',
  });
}

/**
 * Browsers say where a request comes from. Signing in has no token yet, and another site must not
 * sign a browser in as somebody else.
 * @throws SallyportError `foreign_request`
 */
export function assertSameOrigin({ headers, host }: FastifyRequest): void {
  const { origin } = headers;
  const foreign = origin !== undefined && URL.parse(origin)?.host !== host;
  if (!foreign && headers['sec-fetch-site'] !== 'cross-site') return;
  throw new SallyportError('foreign_request', 'The request comes from another site.', {
    remedy: 'Open the address of this server itself; behind a proxy, let it keep the Host header.',
  });
}
