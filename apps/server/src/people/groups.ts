import { SallyportError } from '@sallyport/contract/errors';
import type { GroupCreate, GroupUpdate } from '@sallyport/contract/server/people';
import { appendAudit } from '../audit/audit-log.ts';
import type { Db } from '../db/open-database.ts';
import { transact } from '../db/transact.ts';
import type { GroupRow } from '../db/tables.ts';
import { newId, type World } from '../ids.ts';
import { type Caller, parsePermissions } from './account.ts';
import { assertMayGrant, assertVersion, isTaken } from './rules.ts';

export function listGroups(
  db: Db,
  { cursor = '', limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<GroupRow[]> {
  return db
    .selectFrom('groups')
    .selectAll()
    .where('id', '>', cursor)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** @throws SallyportError `group_not_found` */
export async function showGroup(db: Db, id: string): Promise<GroupRow> {
  const group = await db.selectFrom('groups').selectAll().where('id', '=', id).executeTakeFirst();
  if (group === undefined) throw new SallyportError('group_not_found', `There is no group ${id}.`);
  return group;
}

/** @throws SallyportError `group_exists`, `forbidden` */
export async function createGroup(
  db: Db,
  world: World,
  { wish, caller }: { readonly wish: GroupCreate; readonly caller: Caller },
): Promise<GroupRow> {
  assertMayGrant(caller.principal, wish.permissions);
  const id = newId(world);
  const now = world.now();
  return changing(db, wish.name, async (transaction) => {
    await transaction
      .insertInto('groups')
      .values({
        id,
        name: wish.name,
        description: wish.description,
        priority: wish.priority,
        everyone: 0,
        permissions: JSON.stringify(wish.permissions),
        settings: JSON.stringify(wish.settings),
        version: 1,
        created_at: now,
        updated_at: now,
      })
      .execute();
    await note(transaction, now, { caller, action: 'group.created', id, details: wish });
    return showGroup(transaction, id);
  });
}

export interface GroupChange {
  readonly id: string;
  readonly version: number | null;
  readonly wish: GroupUpdate;
  readonly caller: Caller;
}

/** @throws SallyportError of the contract's `updateGroup` */
export async function updateGroup(
  db: Db,
  world: World,
  { id, version, wish, caller }: GroupChange,
): Promise<GroupRow> {
  return changing(db, wish.name ?? id, async (transaction) => {
    const group = await showGroup(transaction, id);
    assertVersion(group.version, version);
    const present = parsePermissions(group.permissions);
    // Neither what is added nor what is taken away may be beyond the caller's own.
    const { permissions = present } = wish;
    assertMayGrant(caller.principal, [
      ...permissions.filter((name) => !present.includes(name)),
      ...present.filter((name) => !permissions.includes(name)),
    ]);
    const now = world.now();
    const { numUpdatedRows } = await transaction
      .updateTable('groups')
      .set({
        ...(wish.name !== undefined && { name: wish.name }),
        ...(wish.description !== undefined && { description: wish.description }),
        ...(wish.priority !== undefined && { priority: wish.priority }),
        ...(wish.settings !== undefined && { settings: JSON.stringify(wish.settings) }),
        permissions: JSON.stringify(permissions),
        version: group.version + 1,
        updated_at: now,
      })
      .where('id', '=', id)
      .where('version', '=', group.version)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) assertVersion(group.version + 1, group.version);
    await note(transaction, now, { caller, action: 'group.updated', id, details: wish });
    return showGroup(transaction, id);
  });
}

/** @throws SallyportError `group_not_found`, `group_fixed`, `forbidden` */
export async function deleteGroup(
  db: Db,
  world: World,
  { id, caller }: { readonly id: string; readonly caller: Caller },
): Promise<void> {
  await transact(db, async (transaction) => {
    const group = await showGroup(transaction, id);
    if (group.everyone === 1) {
      throw new SallyportError('group_fixed', 'The group of everybody can not be deleted.');
    }
    assertMayGrant(caller.principal, parsePermissions(group.permissions));
    await transaction.deleteFrom('groups').where('id', '=', id).execute();
    const details = { name: group.name };
    await note(transaction, world.now(), { caller, action: 'group.deleted', id, details });
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
    throw new SallyportError('group_exists', `There is a group ${name} already.`, { cause: error });
  }
}

interface Note {
  readonly caller: Caller;
  readonly action: string;
  readonly id: string;
  readonly details: Readonly<Record<string, unknown>>;
}

async function note(db: Db, at: number, { caller, action, id, details }: Note): Promise<void> {
  const entry = { actor: caller.actor, action, objectType: 'group', objectId: id, details };
  await appendAudit(db, at, entry);
}
