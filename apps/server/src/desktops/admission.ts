import { sessionIsShown } from '@sallyport/core/session-state';
import type { Db } from '../db/open-database.ts';
import type { Admission } from '../display/gateway.ts';
import { type DisplayRights, VIEW_ONLY } from '../display/rights.ts';
import type { DisplayGrant } from '../display/tickets.ts';
import type { SessionRow } from '../db/tables.ts';
import { type Caller, loadCaller } from '../people/account.ts';
import { mayDo } from '../sessions/rights.ts';
import { findSession } from '../sessions/store.ts';
import { findShare } from './shares.ts';

/** What somebody who may open a desktop may do there: clipboards are the groups' matter. */
export function rightsOf({ settings }: Pick<Caller, 'settings'>): DisplayRights {
  const { clipboardIn, clipboardOut } = settings;
  return { control: true, clipboardIn, clipboardOut };
}

/** The right to a desktop as it is now, looked up anew from the database. */
export async function admit(db: Db, now: number, grant: DisplayGrant): Promise<Admission> {
  const row = await findSession(db, grant.sessionId);
  if (row === undefined || !sessionIsShown(row.state)) return 409;
  if (grant.shareId !== undefined) return admitShare(db, now, { row, shareId: grant.shareId });
  const { userId, signInId } = grant;
  if (userId === undefined || signInId === undefined) return 403;
  const login = await db
    .selectFrom('logins')
    .select('user_id')
    .where('token_hash', '=', signInId)
    .where('user_id', '=', userId)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  if (login === undefined) return 401;
  const caller = await load(db, userId);
  return caller !== null && mayDo(caller, row, 'open') ? rightsOf(caller) : 403;
}

/** A link is as good as the right of whoever made it. */
async function admitShare(
  db: Db,
  now: number,
  { row, shareId }: { readonly row: SessionRow; readonly shareId: string },
): Promise<Admission> {
  const share = await findShare(db, now, shareId);
  if (share === undefined || share.session_id !== row.id) return 403;
  const maker = await load(db, share.created_by);
  if (maker === null || !mayDo(maker, row, 'share')) return 403;
  return share.mode === 'view' ? VIEW_ONLY : rightsOf(maker);
}

function load(db: Db, userId: string): Promise<Caller | null> {
  return loadCaller(db, userId, { scopes: null, loginToken: null, source: '' });
}
