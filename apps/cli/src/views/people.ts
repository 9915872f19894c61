import { settingPairs } from '../server/group-settings.ts';
import type { Group, User } from '../server/find.ts';
import type { Style } from '../style.ts';
import { renderPairs } from '../table.ts';

/** A moment as people read it, the same everywhere. @param at milliseconds since 1970 */
export function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** Names of the groups; ids where names may not be seen. */
export function groupsText(ids: readonly string[], names: ReadonlyMap<string, string>): string {
  return ids.map((id) => names.get(id) ?? id).join(', ');
}

/** All of one user. */
export function renderUser(style: Style, user: User, names: ReadonlyMap<string, string>): string {
  const facts = renderPairs(
    [
      ['Name', user.displayName],
      ['Role', user.administrator ? 'administrator' : 'user'],
      ['State', user.disabled ? style('red', 'disabled') : 'active'],
      ['Groups', groupsText(user.groups, names) || 'that of everybody'],
      ['Second factor', user.secondFactor ? 'yes' : 'no'],
      ['Made', timeText(user.createdAt)],
      ['Changed', timeText(user.updatedAt)],
      ['Id', user.id],
    ],
    '  ',
  );
  return `${style('bold', user.name)}\n${facts}\n`;
}

/** All of one group. */
export function renderGroup(style: Style, group: Group): string {
  const facts = renderPairs(
    [
      ['Description', group.description],
      ['Members', group.everyone ? 'everybody' : ''],
      ['Priority', String(group.priority)],
      ['Grants', group.permissions.join(', ') || 'nothing'],
      ['Made', timeText(group.createdAt)],
      ['Changed', timeText(group.updatedAt)],
      ['Id', group.id],
    ],
    '  ',
  );
  const settings = renderPairs(settingPairs(group.settings), '  ');
  const rules = settings === '' ? '' : `\nSettings\n${settings}\n`;
  return `${style('bold', group.name)}\n${facts}\n${rules}`;
}
