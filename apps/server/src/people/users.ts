import { SallyportError } from '@sallyport/contract/errors';
import type { UserCreate, UserUpdate } from '@sallyport/contract/server/people';
import { appendAudit } from '../audit/audit-log.ts';
import { endLogins } from '../auth/logins.ts';
import { hashPassword } from '../auth/passwords.ts';
import type { Db } from '../db/open-database.ts';
import { transact } from '../db/transact.ts';
import type { UserRow } from '../db/tables.ts';
import { newId, type World } from '../ids.ts';
import { type Caller, parsePermissions } from './account.ts';
import { assertAdministrator, assertMayGrant, assertVersion, isTaken } from './rules.ts';

/** A user with the ids of the groups that they were put into. */
export interface UserWithGroups {
  readonly user: UserRow;
  readonly groups: readonly string[];
}

interface Page {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export async function listUsers(
  db: Db,
  { cursor = '', limit }: Page,
): Promise<readonly UserWithGroups[]> {
  const users = await db
    .selectFrom('users')
    .selectAll()
    .where('id', '>', cursor)
    .orderBy('id')
    .limit(limit)
    .execute();
  const ids = users.map(({ id }) => id);
  const members =
    ids.length === 0
      ? []
      : await db.selectFrom('group_members').selectAll().where('user_id', 'in', ids).execute();
  return users.map((user) => ({
    user,
    groups: members.filter((row) => row.user_id === user.id).map((row) => row.group_id),
  }));
}

/** @throws SallyportError `user_not_found` */
export async function showUser(db: Db, id: string): Promise<UserWithGroups> {
  const user = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
  if (user === undefined) throw new SallyportError('user_not_found', `There is no user ${id}.`);
  const members = await db
    .selectFrom('group_members')
    .select('group_id')
    .where('user_id', '=', id)
    .orderBy('group_id')
    .execute();
  return { user, groups: members.map(({ group_id }) => group_id) };
}

interface UserWish {
  readonly wish: UserCreate;
  readonly caller: Caller;
  /** Of the wish's password, where it is known: to hash takes long, and holds a transaction up. */
  readonly passwordHash?: string | undefined;
}

/** @throws SallyportError `user_exists`, `group_not_found`, `forbidden` */
export async function createUser(
  db: Db,
  world: World,
  { wish, caller, passwordHash: hashed }: UserWish,
): Promise<UserWithGroups> {
  if (wish.administrator) assertAdministrator(caller.principal, 'make administrators');
  const passwordHash = hashed ?? (await hashPassword(wish.password));
  const id = newId(world);
  const now = world.now();
  return changing(db, wish.name, async (transaction) => {
    await transaction
      .insertInto('users')
      .values({
        id,
        name: wish.name,
        display_name: wish.displayName,
        password_hash: passwordHash,
        administrator: Number(wish.administrator),
        disabled: Number(wish.disabled),
        totp_secret: null,
        totp_active: 0,
        totp_last_step: 0,
        version: 1,
        created_at: now,
        updated_at: now,
      })
      .execute();
    await putIntoGroups(transaction, id, { before: [], groups: wish.groups, caller });
    const { password: _, ...details } = wish;
    await note(transaction, now, { caller, action: 'user.created', id, details });
    return showUser(transaction, id);
  });
}

export interface UserChange {
  readonly id: string;
  readonly version: number | null;
  readonly wish: UserUpdate;
  readonly caller: Caller;
  readonly passwordHash?: string | undefined;
}

/** @throws SallyportError of the contract's `updateUser` */
export async function updateUser(
  db: Db,
  world: World,
  { id, version, wish, caller, passwordHash: hashed }: UserChange,
): Promise<UserWithGroups> {
  const passwordHash =
    wish.password === undefined ? null : (hashed ?? (await hashPassword(wish.password)));
  return changing(db, wish.name ?? id, async (transaction) => {
    const { user, groups } = await showUser(transaction, id);
    assertVersion(user.version, version);
    await assertMayChange(transaction, caller, user);
    if (wish.administrator === true && user.administrator === 0) {
      assertAdministrator(caller.principal, 'make administrators');
    }
    const now = world.now();
    const { numUpdatedRows } = await transaction
      .updateTable('users')
      .set({
        ...(wish.name !== undefined && { name: wish.name }),
        ...(wish.displayName !== undefined && { display_name: wish.displayName }),
        ...(wish.administrator !== undefined && { administrator: Number(wish.administrator) }),
        ...(wish.disabled !== undefined && { disabled: Number(wish.disabled) }),
        ...(passwordHash !== null && { password_hash: passwordHash }),
        version: user.version + 1,
        updated_at: now,
      })
      .where('id', '=', id)
      // PostgreSQL lets two read the same version; only one of them finds it here.
      .where('version', '=', user.version)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) assertVersion(user.version + 1, user.version);
    if (wish.groups !== undefined) {
      await putIntoGroups(transaction, id, { before: groups, groups: wish.groups, caller });
    }
    await assertAdministratorLeft(transaction);
    if (passwordHash !== null || wish.disabled === true) await endLogins(transaction, id, null);
    const { password: _, ...fields } = wish;
    const details = { ...fields, ...(passwordHash !== null && { password: 'changed' }) };
    await note(transaction, now, { caller, action: 'user.updated', id, details });
    return showUser(transaction, id);
  });
}

/** @throws SallyportError `user_not_found`, `last_administrator`, `forbidden` */
export async function deleteUser(
  db: Db,
  world: World,
  { id, caller }: { readonly id: string; readonly caller: Caller },
): Promise<void> {
  await transact(db, async (transaction) => {
    const { user } = await showUser(transaction, id);
    await assertMayChange(transaction, caller, user);
    await transaction.deleteFrom('users').where('id', '=', id).execute();
    await assertAdministratorLeft(transaction);
    const details = { name: user.name };
    await note(transaction, world.now(), { caller, action: 'user.deleted', id, details });
  });
}

/**
 * Changing somebody's password is being them: so nobody changes people who may do more than
 * themselves.
 */
async function assertMayChange(db: Db, caller: Caller, user: UserRow): Promise<void> {
  if (user.administrator === 1) assertAdministrator(caller.principal, 'change administrators');
  const rows = await db
    .selectFrom('groups')
    .innerJoin('group_members', 'group_members.group_id', 'groups.id')
    .select('permissions')
    .where('user_id', '=', user.id)
    .execute();
  assertMayGrant(
    caller.principal,
    rows.flatMap(({ permissions }) => parsePermissions(permissions)),
  );
}

interface Membership {
  readonly before: readonly string[];
  readonly groups: readonly string[];
  readonly caller: Caller;
}

async function putIntoGroups(db: Db, userId: string, membership: Membership): Promise<void> {
  const wanted = [...new Set(membership.groups)];
  await db.deleteFrom('group_members').where('user_id', '=', userId).execute();
  for (const id of wanted) {
    const group = await db.selectFrom('groups').selectAll().where('id', '=', id).executeTakeFirst();
    if (group === undefined) {
      throw new SallyportError('group_not_found', `There is no group ${id}.`);
    }
    if (!membership.before.includes(id)) {
      assertMayGrant(membership.caller.principal, parsePermissions(group.permissions));
    }
    await db.insertInto('group_members').values({ group_id: id, user_id: userId }).execute();
  }
}

async function assertAdministratorLeft(db: Db): Promise<void> {
  const left = await db
    .selectFrom('users')
    .select('id')
    .where('administrator', '=', 1)
    .where('disabled', '=', 0)
    .limit(1)
    .execute();
  if (left.length > 0) return;
  throw new SallyportError('last_administrator', 'Nobody would be left who may do everything.', {
    remedy: 'Make somebody else an administrator first.',
  });
}

async function changing<T>(
  db: Db,
  name: string,
  work: (transaction: Db) => Promise<T>,
): Promise<T> {
  try {
    return await transact(db, work);
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new SallyportError('user_exists', `There is a user ${name} already.`, { cause: error });
  }
}

interface Note {
  readonly caller: Caller;
  readonly action: string;
  readonly id: string;
  readonly details: Readonly<Record<string, unknown>>;
}

async function note(db: Db, at: number, { caller, action, id, details }: Note): Promise<void> {
  const entry = { actor: caller.actor, action, objectType: 'user', objectId: id, details };
  await appendAudit(db, at, entry);
}
