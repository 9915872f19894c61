import { SallyportError } from '@sallyport/contract/errors';
import { hashSecret } from '../auth/secrets.ts';
import type { Db } from '../db/open-database.ts';

const KEPT_MS = 24 * 3_600_000;
/** After that a request that never ended has died with its server. */
const UNDER_WAY_MS = 60_000;

export interface OnceRequest {
  readonly userId: string;
  readonly key: string;
  readonly endpoint: string;
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Carries a request out once for its key, and gives the same answer to who asks again. A refusal is
 * not kept: what was in the way may be gone at the next try.
 * @throws SallyportError `idempotency_conflict`
 */
export async function once(
  db: Db,
  now: number,
  { request, work }: { readonly request: OnceRequest; readonly work: () => Promise<Answer> },
): Promise<Answer> {
  const { userId, key, endpoint, body } = request;
  // A fast hash of a password must not lie about, so it is no part of what is compared.
  const withoutPassword = (name: string, value: unknown): unknown =>
    name === 'password' ? undefined : value;
  const bodyHash = hashSecret(JSON.stringify(body, withoutPassword));
  await db
    .deleteFrom('idempotency')
    .where((is) =>
      is.or([
        is('created_at', '<', now - KEPT_MS),
        is.and([is('status', 'is', null), is('created_at', '<', now - UNDER_WAY_MS)]),
      ]),
    )
    .execute();
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('idempotency')
    .values({
      user_id: userId,
      key,
      endpoint,
      body_hash: bodyHash,
      status: null,
      response: null,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) {
    const kept = await db
      .selectFrom('idempotency')
      .selectAll()
      .where('user_id', '=', userId)
      .where('key', '=', key)
      .executeTakeFirst();
    if (kept?.endpoint !== endpoint || kept.body_hash !== bodyHash) {
      throw new SallyportError('idempotency_conflict', 'The key was used for another request.', {
        remedy: 'Use a new key for a new request.',
      });
    }
    if (kept.status === null || kept.response === null) {
      throw new SallyportError('idempotency_conflict', 'The same request is still under way.', {
        remedy: 'Ask again in a moment.',
      });
    }
    return { status: kept.status, body: JSON.parse(kept.response) as unknown };
  }
  try {
    const answer = await work();
    await db
      .updateTable('idempotency')
      .set({ status: answer.status, response: JSON.stringify(answer.body) })
      .where('user_id', '=', userId)
      .where('key', '=', key)
      .execute();
    return answer;
  } catch (error) {
    await db
      .deleteFrom('idempotency')
      .where('user_id', '=', userId)
      .where('key', '=', key)
      .execute();
    throw error;
  }
}
