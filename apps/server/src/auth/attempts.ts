import { isIPv6 } from 'node:net';
import { SallyportError } from '@sallyport/contract/errors';
import { sql } from 'kysely';
import type { Db } from '../db/open-database.ts';

interface Limit {
  readonly attempts: number;
  readonly windowMs: number;
}

/**
 * An account is only ever closed to the source that tried: locking by account alone would let
 * anybody lock anybody out.
 */
const ACCOUNT_FROM_SOURCE: Limit = { attempts: 5, windowMs: 5 * 60_000 };
/** All accounts together: bounds what guessing names costs the server in hashing. */
const SOURCE: Limit = { attempts: 60, windowMs: 60_000 };

/**
 * Counts an attempt before it is checked, so that many at once are no way around the limit.
 * @throws SallyportError `too_many_attempts`
 */
export async function countAttempt(
  db: Db,
  now: number,
  { account, source }: { readonly account: string; readonly source: string },
): Promise<void> {
  await db.deleteFrom('sign_in_attempts').where('window_ends_at', '<=', now).execute();
  await count(db, now, { key: `source ${networkOf(source)}`, limit: SOURCE });
  await count(db, now, { key: accountKey(account, source), limit: ACCOUNT_FROM_SOURCE });
}

/** After a right password and code. */
export async function forgetAttempts(db: Db, account: string, source: string): Promise<void> {
  await db.deleteFrom('sign_in_attempts').where('key', '=', accountKey(account, source)).execute();
}

async function count(
  db: Db,
  now: number,
  { key, limit }: { readonly key: string; readonly limit: Limit },
): Promise<void> {
  const row = await db
    .insertInto('sign_in_attempts')
    .values({ key, failures: 1, window_ends_at: now + limit.windowMs })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({ failures: sql`sign_in_attempts.failures + 1` }),
    )
    .returning(['failures', 'window_ends_at'])
    .executeTakeFirstOrThrow();
  if (row.failures <= limit.attempts) return;
  const seconds = Math.max(1, Math.ceil((row.window_ends_at - now) / 1000));
  throw new SallyportError('too_many_attempts', 'There were too many attempts from this address.', {
    remedy: `Try again in ${seconds} seconds.`,
  });
}

function accountKey(account: string, source: string): string {
  return `account ${account} ${networkOf(source)}`;
}

/** One customer of a provider has a /64 of IPv6 at least, and would else have 2^64 sources. */
function networkOf(source: string): string {
  if (!isIPv6(source)) return source;
  const [head = '', tail = ''] = source.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`;
}
