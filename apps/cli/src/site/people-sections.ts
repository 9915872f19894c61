import type { DocumentGroup, DocumentUser } from '@sallyport/contract/server/site-document';
import { type Group, listUsers, type User } from '../server/find.ts';
import { newPassword } from '../server/read-secret.ts';
import type { ServerClient } from '@sallyport/contract/client';
import type { Present, Section } from './section.ts';

/** Names of networks are checked where they are read. */
type GroupForm = Omit<DocumentGroup, 'settings'> & Pick<Group, 'settings'>;

interface PresentGroup extends Present<GroupForm> {
  readonly group: Group;
}
interface PresentUser extends Present<DocumentUser> {
  readonly user: User;
}

/** How the file writes a group. */
export function groupForm(group: Group): GroupForm {
  const { name, description, priority, permissions, settings, everyone } = group;
  return { name, description, priority, permissions: permissions.toSorted(), settings, everyone };
}

/** How the file writes a user. @param names of groups by id */
export function userForm(user: User, names: ReadonlyMap<string, string>): DocumentUser {
  const { name, displayName, administrator, disabled, groups } = user;
  const called = groups.map((id) => names.get(id) ?? id).toSorted();
  return { name, displayName, administrator, disabled, groups: called };
}

/** Groups of the file against those of the server. */
export function groupSection(
  wanted: readonly DocumentGroup[],
  present: readonly Group[],
): Section<GroupForm, PresentGroup> {
  return {
    kind: 'group',
    wanted: wanted.map((form) => ({
      ...form,
      permissions: form.permissions.toSorted(),
      settings: inOrder(form.settings),
      // By its name it is meant too.
      everyone: form.everyone || present.some((one) => one.everyone && one.name === form.name),
    })),
    present: present.map((group) => ({
      name: group.name,
      form: { ...groupForm(group), settings: inOrder(group.settings) },
      kept: group.everyone ? 'everybody is in it' : '',
      group,
    })),
    nameOf: ({ name }) => name,
    matches: (form, { group }) => (form.everyone ? group.everyone : form.name === group.name),
    create: (form) => ({ endpoint: 'createGroup', body: groupBody(form) }),
    update: ({ group: { id, version } }, form) => {
      return { endpoint: 'updateGroup', id, version, body: groupBody(form) };
    },
    remove: ({ group }) => ({ endpoint: 'deleteGroup', id: group.id }),
  };
}

/** The server decides itself which group is that of everybody. */
function groupBody({ name, description, priority, permissions, settings }: GroupForm) {
  return { name, description, priority, permissions, settings };
}

/** The order in which settings are written is no difference. */
function inOrder<T extends object>(settings: T): T {
  const entries = Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries) as T;
}

interface UserSurroundings {
  readonly present: readonly User[];
  readonly groups: readonly Group[];
  /** Who asks: nobody deletes himself. */
  readonly ownId: string;
  readonly randomBytes: (size: number) => Buffer;
}

/** Users of the file against those of the server. */
export function userSection(
  wanted: readonly DocumentUser[],
  { present, groups, ownId, randomBytes }: UserSurroundings,
): Section<DocumentUser, PresentUser> {
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  return {
    kind: 'user',
    wanted: wanted.map((form) => ({ ...form, groups: form.groups.toSorted() })),
    present: present.map((user) => ({
      name: user.name,
      form: userForm(user, names),
      kept: user.id === ownId ? 'it is you' : '',
      user,
    })),
    nameOf: ({ name }) => name,
    matches: (form, { user }) => form.name === user.name,
    create: (form) => {
      return { endpoint: 'createUser', body: { ...form, password: newPassword(randomBytes) } };
    },
    update: ({ user: { id, version } }, form) => {
      return { endpoint: 'updateUser', id, version, body: form };
    },
    remove: ({ user }) => ({ endpoint: 'deleteUser', id: user.id }),
  };
}

/** The users of the server, and which of them asks. */
export async function observeUsers(server: ServerClient) {
  const [present, account] = await Promise.all([listUsers(server), server('whoami', {})]);
  return { present, ownId: account.id };
}
