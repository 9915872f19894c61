import type { Db } from '../db/open-database.ts';
import type { World } from '../ids.ts';
import { hashSecret } from './secrets.ts';

/** How long a sign-in lasts at most. */
export const LOGIN_MS = 12 * 3_600_000;

/** @returns the token for the cookie; only its hash is kept */
export async function createLogin(
  db: Db,
  world: World,
  { userId, source }: { readonly userId: string; readonly source: string },
): Promise<string> {
  const token = world.randomBytes(32).toString('base64url');
  const now = world.now();
  await db.deleteFrom('logins').where('expires_at', '<=', now).execute();
  await db
    .insertInto('logins')
    .values({
      token_hash: hashSecret(token),
      user_id: userId,
      source,
      created_at: now,
      expires_at: now + LOGIN_MS,
    })
    .execute();
  return token;
}

/** @returns the user's id; null where the token is unknown or has expired */
export async function findLogin(db: Db, now: number, token: string): Promise<string | null> {
  const row = await db
    .selectFrom('logins')
    .select('user_id')
    .where('token_hash', '=', hashSecret(token))
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row?.user_id ?? null;
}

export async function endLogin(db: Db, token: string): Promise<void> {
  await db.deleteFrom('logins').where('token_hash', '=', hashSecret(token)).execute();
}

/** All of a person, but for the one that is kept. */
export async function endLogins(db: Db, userId: string, kept: string | null): Promise<void> {
  let rows = db.deleteFrom('logins').where('user_id', '=', userId);
  if (kept !== null) rows = rows.where('token_hash', '!=', hashSecret(kept));
  await rows.execute();
}
