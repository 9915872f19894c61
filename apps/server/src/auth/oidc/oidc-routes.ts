import { SallyportError, toProblem } from '@sallyport/contract/errors';
import { OIDC_PATH, PAGES } from '@sallyport/contract/server/pages';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Db } from '../../db/open-database.ts';
import type { World } from '../../ids.ts';
import { countAttempt, forgetAttempts } from '../attempts.ts';
import { signInByOidc } from './oidc-account.ts';
import { CALLBACK_PATH, type OidcClient, type PendingSignIn } from './oidc-client.ts';

interface OidcRoutes {
  readonly db: Db;
  readonly world: World;
  readonly oidc: OidcClient;
  readonly secure: boolean;
  readonly setLogin: (reply: FastifyReply, token: string) => void;
  /** Told what came of each attempt, as the status that an endpoint would have answered. */
  readonly onSignIn: (status: number) => void;
}

const PENDING_COOKIE = 'sallyport-oidc';
const PENDING_S = 600;

const pendingSchema = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
});

/**
 * Two pages that people pass through: away to the provider, and back. No endpoints of the API: a browser follows
 * them, and what goes wrong is told on the page for signing in.
 */
export function addOidcRoutes(app: FastifyInstance, routes: OidcRoutes): void {
  const { db, world, oidc, secure, setLogin, onSignIn } = routes;
  // Whoever has only left for the provider has not tried yet; one that could not leave has.
  const counted = async (work: () => Promise<string>): Promise<string> => {
    try {
      return await work();
    } catch (error) {
      onSignIn(error instanceof SallyportError ? toProblem(error).status : 500);
      throw error;
    }
  };
  // Lax, since the provider's page leads back; it only ties the way back to this browser, and signs nobody in.
  const cookie = { path: OIDC_PATH, httpOnly: true, sameSite: 'lax', secure } as const;
  app.get(OIDC_PATH, (request, reply) =>
    orTold(request, reply, () =>
      counted(async () => {
        const { url, pending } = await oidc.begin();
        const kept = Buffer.from(JSON.stringify(pending)).toString('base64url');
        reply.setCookie(PENDING_COOKIE, kept, { ...cookie, maxAge: PENDING_S });
        return url.href;
      }),
    ),
  );
  app.get(CALLBACK_PATH, (request, reply) =>
    orTold(request, reply, () =>
      counted(async () => {
        const { ip: source } = request;
        const account = `oidc ${source}`;
        reply.clearCookie(PENDING_COOKIE, cookie);
        await countAttempt(db, world.now(), { account, source });
        const pending = readPending(request.cookies[PENDING_COOKIE]);
        const { search } = new URL(request.url, oidc.config.publicUrl);
        const claims = await oidc.finish(search, pending);
        const token = await signInByOidc(db, world, { claims, config: oidc.config, source });
        await forgetAttempts(db, account, source);
        setLogin(reply, token);
        onSignIn(200);
        return PAGES.home;
      }),
    ),
  );
}

/** @throws SallyportError `oidc_failed` where this browser has not begun */
function readPending(kept: string | undefined): PendingSignIn {
  try {
    return pendingSchema.parse(JSON.parse(Buffer.from(kept ?? '', 'base64url').toString()));
  } catch (error) {
    throw new SallyportError(
      'oidc_failed',
      'This browser has not begun to sign in, or too long ago.',
      {
        remedy: 'Begin again.',
        cause: error,
      },
    );
  }
}

/** Leads on, or back to the page for signing in with what went wrong. */
async function orTold(
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<string>,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store');
  try {
    return await reply.redirect(await work(), 303);
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error;
    request.log.warn(
      { code: error.code, reason: error.message },
      'a sign-in by the provider failed',
    );
    return reply.redirect(`${PAGES.signIn}?problem=${error.code}`, 303);
  }
}
