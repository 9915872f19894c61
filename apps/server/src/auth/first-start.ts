import { appendAudit } from '../audit/audit-log.ts';
import type { Db } from '../db/open-database.ts';
import { newId, type World } from '../ids.ts';
import { hashPassword } from './passwords.ts';

/** As long as nobody ever signed up there is one name, which the documentation can tell. */
export const FIRST_ADMINISTRATOR = 'admin';

/**
 * Makes the group of everybody and an administrator where there is no user yet.
 * @returns the password, which is stored nowhere; null when there are users
 */
export async function ensureAdministrator(db: Db, world: World): Promise<string | null> {
  const password = world.randomBytes(15).toString('base64url');
  const passwordHash = await hashPassword(password);
  return db.transaction().execute(async (transaction) => {
    const present = await transaction.selectFrom('users').select('id').limit(1).execute();
    if (present.length > 0) return null;
    const now = world.now();
    const times = { version: 1, created_at: now, updated_at: now };
    const user = {
      id: newId(world),
      name: FIRST_ADMINISTRATOR,
      display_name: 'Administrator',
      password_hash: passwordHash,
      administrator: 1,
      disabled: 0,
      totp_secret: null,
      totp_active: 0,
      totp_last_step: 0,
      ...times,
    };
    await transaction
      .insertInto('groups')
      .values({
        id: newId(world),
        name: 'Everybody',
        description: 'Whoever has an account',
        priority: 1000,
        everyone: 1,
        permissions: '[]',
        settings: '{}',
        ...times,
      })
      .execute();
    await transaction.insertInto('users').values(user).execute();
    await appendAudit(transaction, now, {
      actor: { id: null, name: 'first start', source: '' },
      action: 'user.created',
      objectType: 'user',
      objectId: user.id,
      details: { name: user.name, administrator: true },
    });
    return password;
  });
}
