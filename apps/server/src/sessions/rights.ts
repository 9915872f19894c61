import type { GroupSettings } from '@sallyport/core/group-settings';
import { hasPermission } from '@sallyport/core/permissions';
import { type SessionAction, sessionActions } from '@sallyport/core/session-state';
import type { SessionRow } from '../db/tables.ts';
import type { Caller } from '../people/account.ts';

/** Which setting of the groups lets people do it with their own sessions; null: always. */
const OWN: Readonly<Record<SessionAction, keyof GroupSettings | null>> = {
  open: null,
  start: 'stopSessions',
  pause: 'pauseSessions',
  resume: 'pauseSessions',
  stop: 'stopSessions',
  delete: 'deleteSessions',
  screenshot: null,
  share: 'sharing',
  logs: null,
};

type Asker = Pick<Caller, 'principal' | 'settings'>;
type Owned = Pick<SessionRow, 'owner_id'>;

export function isOwner({ principal }: Asker, { owner_id }: Owned): boolean {
  return owner_id !== null && owner_id === principal.userId;
}

/** Whether somebody may know that a session exists. */
export function maySee(asker: Asker, row: Owned): boolean {
  const { principal } = asker;
  return (
    isOwner(asker, row) ||
    hasPermission(principal, 'sessions.read') ||
    hasPermission(principal, 'sessions.manage')
  );
}

/** Whether somebody may do this, whatever the state of the session is. */
export function mayDo(asker: Asker, row: Owned, action: SessionAction): boolean {
  if (hasPermission(asker.principal, 'sessions.manage')) return true;
  if (!isOwner(asker, row)) return false;
  const setting = OWN[action];
  return setting === null || asker.settings[setting] === true;
}

/** What is offered: what the state allows, cut by what the one who asks may. */
export function offeredActions(
  asker: Asker,
  row: Owned & Pick<SessionRow, 'state'>,
): SessionAction[] {
  return sessionActions(row.state).filter((action) => mayDo(asker, row, action));
}
