import { SallyportError } from '@sallyport/contract/errors';
import { appendAudit } from '../audit/audit-log.ts';
import { createKey, deleteKey, listKeys } from '../auth/api-keys.ts';
import { countAttempt } from '../auth/attempts.ts';
import { endLogin, endLogins } from '../auth/logins.ts';
import { hashPassword } from '../auth/passwords.ts';
import { newSecret, replaceRecoveryCodes, takeCode } from '../auth/second-factor.ts';
import { confirmPassword, signIn } from '../auth/sign-in.ts';
import type { Db } from '../db/open-database.ts';
import type { World } from '../ids.ts';
import { type Caller, loadCaller } from '../people/account.ts';
import type { ServerHandlers } from './contract-types.ts';
import { viewAccount, viewKey } from './views.ts';

type OwnAccount = Pick<
  ServerHandlers,
  | 'signIn'
  | 'whoami'
  | 'signOut'
  | 'signOutEverywhere'
  | 'changePassword'
  | 'beginSecondFactor'
  | 'confirmSecondFactor'
  | 'removeSecondFactor'
  | 'listKeys'
  | 'createKey'
  | 'deleteKey'
>;

/** What people do with their own account. */
export function ownAccountHandlers(db: Db, world: World): OwnAccount {
  const change = <T>(caller: Caller, action: string, work: (db: Db) => Promise<T>): Promise<T> =>
    db.transaction().execute(async (transaction) => {
      const result = await work(transaction);
      await appendAudit(transaction, world.now(), {
        actor: caller.actor,
        action,
        objectType: 'user',
        objectId: caller.user.id,
      });
      return result;
    });

  return {
    signIn: async ({ body, source, setLogin }) => {
      const { userId, token } = await signIn(db, world, { ...body, source });
      const caller = await loadCaller(db, userId, { scopes: null, loginToken: token, source });
      if (caller === null) throw new SallyportError('wrong_credentials', 'The account is gone.');
      setLogin(token);
      return viewAccount(caller);
    },
    whoami: async ({ caller }) => viewAccount(caller),
    signOut: async ({ caller, setLogin }) => {
      const { loginToken } = caller;
      await change(caller, 'user.signed-out', async (transaction) => {
        if (loginToken !== null) await endLogin(transaction, loginToken);
      });
      setLogin(null);
      return {};
    },
    signOutEverywhere: async ({ caller, setLogin }) => {
      await change(caller, 'user.signed-out-everywhere', (transaction) =>
        endLogins(transaction, caller.user.id, null),
      );
      setLogin(null);
      return {};
    },
    changePassword: async ({ caller, body, source }) => {
      const { user, loginToken } = caller;
      await confirmPassword(db, world.now(), { user, password: body.current, source });
      const passwordHash = await hashPassword(body.new);
      await change(caller, 'user.password-changed', async (transaction) => {
        await setUser(transaction, user.id, { password_hash: passwordHash });
        await endLogins(transaction, user.id, loginToken);
      });
      return {};
    },
    beginSecondFactor: async ({ caller, body, source }) => {
      const { user } = caller;
      await confirmPassword(db, world.now(), { user, password: body.password, source });
      if (user.totp_active === 1) {
        throw new SallyportError('second_factor_state', 'There is a second factor already.', {
          remedy: 'Remove it first.',
        });
      }
      const made = newSecret(user.name);
      await setUser(db, user.id, { totp_secret: made.secret });
      return made;
    },
    confirmSecondFactor: async ({ caller, body, source }) => {
      const { user } = caller;
      if (user.totp_active === 1 || user.totp_secret === null) {
        throw new SallyportError('second_factor_state', 'No second factor waits for its code.');
      }
      await countAttempt(db, world.now(), { account: user.name, source });
      const recoveryCodes = await change(caller, 'user.second-factor-on', async (transaction) => {
        if (!(await takeCode(transaction, world.now(), { user, code: body.code }))) {
          throw new SallyportError('wrong_credentials', 'The code is wrong.', {
            remedy: 'Check the clock of the device and give the present code.',
          });
        }
        await setUser(transaction, user.id, { totp_active: 1 });
        return replaceRecoveryCodes(transaction, world, user.id);
      });
      return { recoveryCodes };
    },
    removeSecondFactor: async ({ caller, body, source }) => {
      const { user } = caller;
      await confirmPassword(db, world.now(), { user, password: body.password, source });
      await change(caller, 'user.second-factor-off', async (transaction) => {
        await setUser(transaction, user.id, { totp_secret: null, totp_active: 0 });
        await transaction.deleteFrom('recovery_codes').where('user_id', '=', user.id).execute();
      });
      return {};
    },
    listKeys: async ({ caller }) => (await listKeys(db, caller.user.id)).map(viewKey),
    createKey: async ({ caller, body }) => {
      const { row, key } = await change(caller, 'key.created', (transaction) =>
        createKey(transaction, world, { ...body, userId: caller.user.id }),
      );
      return { ...viewKey(row), key };
    },
    deleteKey: async ({ caller, params }) => {
      await change(caller, 'key.deleted', (transaction) =>
        deleteKey(transaction, caller.user.id, params.id),
      );
      return {};
    },
  };
}

async function setUser(
  db: Db,
  id: string,
  values: {
    readonly password_hash?: string;
    readonly totp_secret?: string | null;
    readonly totp_active?: number;
  },
): Promise<void> {
  await db.updateTable('users').set(values).where('id', '=', id).execute();
}
