import type { Setting } from '@sallyport/contract/settings';
import { DEFAULT_SETTINGS, type GroupSettings } from '@sallyport/core/group-settings';
import type { Db } from '../db/open-database.ts';

const LIMITS = [
  ['maxSessions', 'Sessions of a person at most'],
  ['sessionTimeLimit', 'Seconds from the start of a session to its end'],
  ['keepaliveExpiration', 'Seconds without anybody who looks at it'],
  ['keepaliveAction', 'What becomes of it then'],
  ['idleDisconnect', 'Seconds without input before a desktop is disconnected'],
] as const satisfies readonly (readonly [keyof GroupSettings, string])[];

/** What the group of everybody says of sessions; other groups may say something else of those in them. */
export async function everybodysLimits(db: Db): Promise<Setting[]> {
  const group = await db
    .selectFrom('groups')
    .select(['name', 'settings'])
    .where('everyone', '=', 1)
    .executeTakeFirst();
  const given = JSON.parse(group?.settings ?? '{}') as Partial<GroupSettings>;
  return LIMITS.map(([key, meaning]) => ({
    name: key,
    about: 'sessions',
    meaning,
    value: given[key] === undefined ? DEFAULT_SETTINGS[key] : given[key],
    ...(given[key] === undefined
      ? { source: 'default', where: '' }
      : { source: 'group', where: group?.name ?? '' }),
  }));
}
