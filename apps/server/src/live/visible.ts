import type { LiveEvent } from '@sallyport/contract/server/live-endpoints';
import { hasPermission, type Permission, type Principal } from '@sallyport/core/permissions';
import type { Db } from '../db/open-database.ts';
import type { Caller } from '../people/account.ts';

const NEEDS: Readonly<Record<Exclude<LiveEvent['kind'], 'session'>, Permission>> = {
  image: 'images.read',
  network: 'networks.read',
  user: 'users.read',
  group: 'groups.read',
};

/** Those of what somebody may read; of sessions their own, also after it was deleted. */
export async function visibleEvents(
  db: Db,
  { principal }: Pick<Caller, 'principal'>,
  events: readonly LiveEvent[],
): Promise<ReadonlySet<LiveEvent>> {
  const own = await ownSessions(db, principal, events);
  return new Set(
    events.filter(({ kind, id }) => {
      if (kind === 'session') return own === 'all' || own.has(id);
      return hasPermission(principal, NEEDS[kind]);
    }),
  );
}

async function ownSessions(
  db: Db,
  principal: Principal,
  events: readonly LiveEvent[],
): Promise<ReadonlySet<string> | 'all'> {
  if (hasPermission(principal, 'sessions.read') || hasPermission(principal, 'sessions.manage')) {
    return 'all';
  }
  const ids = new Set(events.filter(({ kind }) => kind === 'session').map(({ id }) => id));
  if (ids.size === 0) return ids;
  const rows = await db
    .selectFrom('sessions')
    .select('id')
    .where('id', 'in', [...ids])
    .where('owner_id', '=', principal.userId)
    .execute();
  return new Set(rows.map(({ id }) => id));
}
