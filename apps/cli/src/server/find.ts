import { SallyportError } from '@sallyport/contract/errors';
import type { ServerClient, ServerOutput } from '@sallyport/contract/client';

/** The most that the server gives at once. */
const PAGE = 500;

interface Page<T, C> {
  readonly items: readonly T[];
  readonly nextCursor: C | null;
}

/** Everything of a list that comes in pages. */
export async function allOf<T, C>(
  ask: (query: { readonly limit: number; readonly cursor?: C }) => Promise<Page<T, C>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let page = await ask({ limit: PAGE });
  items.push(...page.items);
  while (page.nextCursor !== null) {
    page = await ask({ limit: PAGE, cursor: page.nextCursor });
    items.push(...page.items);
  }
  return items;
}

export type User = ServerOutput<'showUser'>;
export type Group = ServerOutput<'showGroup'>;
export type Image = ServerOutput<'showImage'>;
export type Key = ServerOutput<'listKeys'>[number];

export function listUsers(server: ServerClient): Promise<readonly User[]> {
  return allOf<User, string>((query) => server('listUsers', { query }));
}

export function listGroups(server: ServerClient): Promise<readonly Group[]> {
  return allOf<Group, string>((query) => server('listGroups', { query }));
}

export function listImages(server: ServerClient): Promise<readonly Image[]> {
  return allOf<Image, string>((query) => server('listImages', { query }));
}

/** By name or id. @throws SallyportError `image_not_found` */
export async function findImage(server: ServerClient, wanted: string): Promise<Image> {
  const images = await listImages(server);
  const name = wanted.trim();
  const found =
    images.find((one) => one.name === name || one.id === name) ??
    images.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  throw new SallyportError('image_not_found', `There is no image ${wanted}.`, {
    remedy: 'See: sallyport image list',
  });
}

/** By name, as people know it, or by id. @throws SallyportError `user_not_found` */
export async function findUser(server: ServerClient, wanted: string): Promise<User> {
  const name = wanted.trim().toLowerCase();
  const found = (await listUsers(server)).find((one) => one.name === name || one.id === name);
  if (found !== undefined) return found;
  throw new SallyportError('user_not_found', `There is no user ${wanted}.`, {
    remedy: 'See: sallyport user list',
  });
}

/** By name or id. @throws SallyportError `group_not_found` */
export async function findGroup(server: ServerClient, wanted: string): Promise<Group> {
  return pickGroup(await listGroups(server), wanted);
}

/** @throws SallyportError `group_not_found` */
export function pickGroup(groups: readonly Group[], wanted: string): Group {
  const name = wanted.trim();
  const found =
    groups.find((one) => one.name === name || one.id === name) ??
    groups.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  throw new SallyportError('group_not_found', `There is no group ${wanted}.`, {
    remedy: 'See: sallyport group list',
  });
}

/** Names of groups by id, for people; empty for those who may not see groups. */
export async function groupNames(server: ServerClient): Promise<ReadonlyMap<string, string>> {
  try {
    return new Map((await listGroups(server)).map(({ id, name }) => [id, name]));
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'forbidden') return new Map();
    throw error;
  }
}
