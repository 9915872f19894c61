import type { SERVER_ENDPOINTS, ServerEndpointName } from '@sallyport/contract/server/endpoints';
import type { GroupSettings } from '@sallyport/core/group-settings';
import { hasPermission, PERMISSIONS } from '@sallyport/core/permissions';
import type * as z from 'zod';
import { csrfTokenOf } from '../auth/secrets.ts';
import type { ApiKeyRow, AuditRow, GroupRow } from '../db/tables.ts';
import { type Caller, parsePermissions } from '../people/account.ts';
import type { UserWithGroups } from '../people/users.ts';

type Answer<N extends ServerEndpointName> = z.output<(typeof SERVER_ENDPOINTS)[N]['response']>;

export function viewAccount({ user, principal, settings, loginToken }: Caller): Answer<'whoami'> {
  return {
    id: user.id,
    name: user.name,
    displayName: user.display_name,
    administrator: principal.administrator,
    permissions: PERMISSIONS.filter((name) => hasPermission(principal, name)),
    settings: {
      ...settings,
      allowedNetworks: settings.allowedNetworks === null ? null : [...settings.allowedNetworks],
    },
    secondFactor: user.totp_active === 1,
    csrfToken: loginToken === null ? null : csrfTokenOf(loginToken),
  };
}

export function viewUser({ user, groups }: UserWithGroups): Answer<'showUser'> {
  return {
    id: user.id,
    name: user.name,
    displayName: user.display_name,
    administrator: user.administrator === 1,
    disabled: user.disabled === 1,
    groups: [...groups],
    secondFactor: user.totp_active === 1,
    version: user.version,
    createdAt: user.created_at,
    updatedAt: user.updated_at,
  };
}

export function viewGroup(group: GroupRow): Answer<'showGroup'> {
  return {
    id: group.id,
    name: group.name,
    description: group.description,
    priority: group.priority,
    permissions: [...parsePermissions(group.permissions)],
    settings: JSON.parse(group.settings) as Answer<'showGroup'>['settings'] &
      Partial<GroupSettings>,
    everyone: group.everyone === 1,
    version: group.version,
    createdAt: group.created_at,
    updatedAt: group.updated_at,
  };
}

export function viewKey(row: ApiKeyRow): Answer<'listKeys'>[number] {
  return {
    id: row.id,
    name: row.name,
    scopes: [...parsePermissions(row.scopes)],
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

export function viewAuditEntry(row: AuditRow): Answer<'audit'>['items'][number] {
  return {
    seq: row.seq,
    at: row.at,
    actor: { id: row.actor_id, name: row.actor_name, source: row.source },
    action: row.action,
    objectType: row.object_type,
    objectId: row.object_id,
    details: JSON.parse(row.details) as Record<string, unknown>,
    hash: row.hash,
  };
}

/** One more than the page has was read: where it is there, the page is not the last. */
export function pageOf<Row, View, Cursor>(
  rows: readonly Row[],
  limit: number,
  { view, cursorOf }: PageViews<Row, View, Cursor>,
): { items: View[]; nextCursor: Cursor | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: page.map(view), nextCursor: more ? cursorOf(last) : null };
}

interface PageViews<Row, View, Cursor> {
  readonly view: (row: Row) => View;
  readonly cursorOf: (row: Row) => Cursor;
}
