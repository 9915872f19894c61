import { type Permission, PERMISSIONS, type Principal } from '@sallyport/core/permissions';
import { effectiveSettings, type GroupSettings } from '@sallyport/core/group-settings';
import type { Actor } from '../audit/audit-log.ts';
import type { Db } from '../db/open-database.ts';
import type { GroupRow, UserRow } from '../db/tables.ts';

/** Whoever makes a request. */
export interface Caller {
  readonly user: UserRow;
  readonly principal: Principal;
  /** Ids of their groups, that of everybody too. */
  readonly groups: readonly string[];
  readonly settings: GroupSettings;
  readonly actor: Actor;
  /** The cookie's token; null for API keys. */
  readonly loginToken: string | null;
}

export interface Credentials {
  readonly scopes: ReadonlySet<Permission> | null;
  readonly loginToken: string | null;
  readonly source: string;
}

/** @returns null where there is no such user any more, or where they are disabled */
export async function loadCaller(
  db: Db,
  userId: string,
  { scopes, loginToken, source }: Credentials,
): Promise<Caller | null> {
  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('id', '=', userId)
    .where('disabled', '=', 0)
    .executeTakeFirst();
  if (user === undefined) return null;
  const groups = await groupsOf(db, userId);
  const permissions = new Set(groups.flatMap((group) => parsePermissions(group.permissions)));
  return {
    user,
    principal: { userId, administrator: user.administrator === 1, permissions, scopes },
    groups: groups.map(({ id }) => id),
    settings: effectiveSettings(
      groups.map(({ name, priority, settings }) => ({
        name,
        priority,
        settings: JSON.parse(settings) as Partial<GroupSettings>,
      })),
    ),
    actor: { id: userId, name: user.name, source },
    loginToken,
  };
}

async function groupsOf(db: Db, userId: string): Promise<readonly GroupRow[]> {
  return db
    .selectFrom('groups')
    .selectAll()
    .where((is) =>
      is.or([
        is('everyone', '=', 1),
        is(
          'id',
          'in',
          is.selectFrom('group_members').select('group_id').where('user_id', '=', userId),
        ),
      ]),
    )
    .execute();
}

/** A name that this version does not know grants nothing. */
export function parsePermissions(text: string): readonly Permission[] {
  const names = JSON.parse(text) as readonly string[];
  return PERMISSIONS.filter((name) => names.includes(name));
}
