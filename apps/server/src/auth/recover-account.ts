import { SallyportError } from '@sallyport/contract/errors';
import { appendAudit } from '../audit/audit-log.ts';
import type { Db } from '../db/open-database.ts';
import type { World } from '../ids.ts';
import { endLogins } from './logins.ts';
import { hashPassword } from './passwords.ts';

/**
 * Lets somebody in again who has lost password or second factor: a new password, no second factor, not
 * disabled, all former logins ended. Whoever can call this can write to the database anyway.
 * @returns the password, which is stored nowhere
 * @throws SallyportError `user_not_found`
 */
export async function recoverAccount(db: Db, world: World, name: string): Promise<string> {
  const password = world.randomBytes(15).toString('base64url');
  const passwordHash = await hashPassword(password);
  return db.transaction().execute(async (transaction) => {
    const user = await transaction
      .selectFrom('users')
      .select(['id', 'version'])
      .where('name', '=', name.trim().toLowerCase())
      .executeTakeFirst();
    if (user === undefined) {
      throw new SallyportError('user_not_found', `There is no user ${name}.`);
    }
    const now = world.now();
    await transaction
      .updateTable('users')
      .set({
        password_hash: passwordHash,
        disabled: 0,
        totp_secret: null,
        totp_active: 0,
        version: user.version + 1,
        updated_at: now,
      })
      .where('id', '=', user.id)
      .execute();
    await transaction.deleteFrom('recovery_codes').where('user_id', '=', user.id).execute();
    await endLogins(transaction, user.id, null);
    await appendAudit(transaction, now, {
      actor: { id: null, name: 'sallyport server recover', source: '' },
      action: 'user.recovered',
      objectType: 'user',
      objectId: user.id,
      details: { name },
    });
    return password;
  });
}
