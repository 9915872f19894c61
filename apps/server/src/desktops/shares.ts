import { SallyportError } from '@sallyport/contract/errors';
import type { ShareCreate } from '@sallyport/contract/server/displays';
import { type Actor, appendAudit } from '../audit/audit-log.ts';
import { hashSecret } from '../auth/secrets.ts';
import type { Db } from '../db/open-database.ts';
import type { ShareRow } from '../db/tables.ts';
import { newId, type World } from '../ids.ts';
import type { Caller } from '../people/account.ts';

export function listShares(db: Db, now: number, sessionId: string): Promise<ShareRow[]> {
  return db
    .selectFrom('shares')
    .selectAll()
    .where('session_id', '=', sessionId)
    .where('expires_at', '>', now)
    .orderBy('id')
    .execute();
}

/** @returns the token too; only its hash is kept */
export async function createShare(
  db: Db,
  world: World,
  wish: ShareCreate & { readonly sessionId: string; readonly caller: Caller },
): Promise<{ readonly share: ShareRow; readonly token: string }> {
  const { sessionId, caller, mode, minutes } = wish;
  const token = world.randomBytes(32).toString('base64url');
  const now = world.now();
  const share: ShareRow = {
    id: newId(world),
    session_id: sessionId,
    mode,
    token_hash: hashSecret(token),
    created_by: caller.user.id,
    created_at: now,
    expires_at: now + minutes * 60_000,
  };
  await db.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('shares').where('expires_at', '<=', now).execute();
    await transaction.insertInto('shares').values(share).execute();
    const { actor } = caller;
    await noteShare(transaction, now, { actor, action: 'session.shared', share });
  });
  return { share, token };
}

/** @throws SallyportError `share_not_found` */
export async function deleteShare(
  db: Db,
  now: number,
  wish: { readonly id: string; readonly sessionId: string; readonly caller: Caller },
): Promise<void> {
  const { id, sessionId, caller } = wish;
  await db.transaction().execute(async (transaction) => {
    const share = await transaction
      .deleteFrom('shares')
      .where('id', '=', id)
      .where('session_id', '=', sessionId)
      .returningAll()
      .executeTakeFirst();
    if (share === undefined) throw noShare();
    const { actor } = caller;
    await noteShare(transaction, now, { actor, action: 'session.share-ended', share });
  });
}

/** Somebody comes by the link. @throws SallyportError `share_not_found` */
export async function findShareByToken(db: Db, now: number, token: string): Promise<ShareRow> {
  const share = await db
    .selectFrom('shares')
    .selectAll()
    .where('token_hash', '=', hashSecret(token))
    .where('expires_at', '>', now)
    .executeTakeFirst();
  if (share === undefined) throw noShare();
  return share;
}

/** @returns undefined where it has ended */
export function findShare(db: Db, now: number, id: string): Promise<ShareRow | undefined> {
  return db
    .selectFrom('shares')
    .selectAll()
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

export function noShare(): SallyportError {
  return new SallyportError('share_not_found', 'The link has ended, or never was one.', {
    remedy: 'Ask whoever gave it to you for a new one.',
  });
}

export async function noteShare(
  db: Db,
  at: number,
  note: { readonly actor: Actor; readonly action: string; readonly share: ShareRow },
): Promise<void> {
  const { actor, action, share } = note;
  const details = { share: share.id, mode: share.mode };
  const entry = { actor, action, objectType: 'session', objectId: share.session_id, details };
  await appendAudit(db, at, entry);
}
