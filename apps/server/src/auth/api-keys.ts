import { SallyportError } from '@sallyport/contract/errors';
import type { Permission } from '@sallyport/core/permissions';
import type { Db } from '../db/open-database.ts';
import type { ApiKeyRow } from '../db/tables.ts';
import { newId, type World } from '../ids.ts';
import { hashSecret, sameText } from './secrets.ts';

const DAY_MS = 86_400_000;
const FORMAT = /^sallyport_([0-9a-f-]{36})_([\w-]{43})$/;

interface KeyWish {
  readonly userId: string;
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly days: number;
}

/** The key begins with the product's name, so that scanners for leaked secrets can know it. */
export async function createKey(
  db: Db,
  world: World,
  { userId, name, scopes, days }: KeyWish,
): Promise<{ readonly row: ApiKeyRow; readonly key: string }> {
  const secret = world.randomBytes(32).toString('base64url');
  const now = world.now();
  const row = {
    id: newId(world),
    user_id: userId,
    name,
    secret_hash: hashSecret(secret),
    scopes: JSON.stringify([...new Set(scopes)]),
    created_at: now,
    expires_at: now + days * DAY_MS,
  };
  await db.insertInto('api_keys').values(row).execute();
  return { row, key: `sallyport_${row.id}_${secret}` };
}

/** @returns null where the key is malformed, unknown, wrong or has expired */
export async function findKey(db: Db, now: number, key: string): Promise<ApiKeyRow | null> {
  const [, id, secret] = FORMAT.exec(key) ?? [];
  if (id === undefined || secret === undefined) return null;
  const row = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row !== undefined && sameText(row.secret_hash, hashSecret(secret)) ? row : null;
}

export function listKeys(db: Db, userId: string): Promise<ApiKeyRow[]> {
  return db
    .selectFrom('api_keys')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('id')
    .execute();
}

/** @throws SallyportError `key_not_found`, also for the key of somebody else */
export async function deleteKey(db: Db, userId: string, id: string): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('api_keys')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new SallyportError('key_not_found', `You have no key ${id}.`);
}
