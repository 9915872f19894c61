import { SallyportError } from '@sallyport/contract/errors';
import { type Actor, appendAudit } from '../audit/audit-log.ts';
import type { Db } from '../db/open-database.ts';
import type { UserRow } from '../db/tables.ts';
import type { World } from '../ids.ts';
import { countAttempt, forgetAttempts } from './attempts.ts';
import { createLogin } from './logins.ts';
import { checkPassword } from './passwords.ts';
import { takeCode, takeRecoveryCode } from './second-factor.ts';

interface SignIn {
  readonly name: string;
  readonly password: string;
  readonly code?: string | undefined;
  readonly source: string;
}

interface SignedIn {
  readonly userId: string;
  readonly token: string;
}

/**
 * Checks name, password and second factor. A wrong name and a wrong password are one answer.
 * @throws SallyportError `wrong_credentials`, `code_required`, `too_many_attempts`
 */
export async function signIn(db: Db, world: World, wish: SignIn): Promise<SignedIn> {
  const { name, password, code, source } = wish;
  await countAttempt(db, world.now(), { account: name, source });
  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('name', '=', name)
    .where('disabled', '=', 0)
    .executeTakeFirst();
  const right = await checkPassword(user?.password_hash ?? null, password);
  if (user === undefined || !right) throw await refused(db, world, { id: null, name, source });
  const actor = { id: user.id, name, source };
  if (user.totp_active === 1) {
    if (code === undefined) {
      throw new SallyportError('code_required', 'A code of the second factor is needed.', {
        remedy: 'Send `code` too: six digits of the authenticator, or a recovery code.',
      });
    }
    const taken =
      (await takeCode(db, world.now(), { user, code })) ||
      (await takeRecoveryCode(db, { user, code }));
    if (!taken) throw await refused(db, world, actor);
  }
  await forgetAttempts(db, name, source);
  return db.transaction().execute(async (transaction) => {
    const token = await createLogin(transaction, world, { userId: user.id, source });
    await appendAudit(transaction, world.now(), {
      actor,
      action: 'user.signed-in',
      objectType: 'user',
      objectId: user.id,
    });
    return { userId: user.id, token };
  });
}

async function refused(db: Db, world: World, actor: Actor): Promise<SallyportError> {
  await db.transaction().execute((transaction) =>
    appendAudit(transaction, world.now(), {
      actor,
      action: 'user.sign-in-refused',
      objectType: 'user',
      objectId: actor.id ?? '',
    }),
  );
  return new SallyportError('wrong_credentials', 'Name, password or code is wrong.');
}

/**
 * For changes that a stolen cookie alone must not make.
 * @throws SallyportError `wrong_credentials`, `too_many_attempts`
 */
export async function confirmPassword(
  db: Db,
  now: number,
  { user, password, source }: PasswordProof,
): Promise<void> {
  await countAttempt(db, now, { account: user.name, source });
  if (!(await checkPassword(user.password_hash, password))) {
    throw new SallyportError('wrong_credentials', 'The password is wrong.');
  }
  await forgetAttempts(db, user.name, source);
}

interface PasswordProof {
  readonly user: UserRow;
  readonly password: string;
  readonly source: string;
}
