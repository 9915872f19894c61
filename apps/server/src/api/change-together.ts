import { type FieldError, SallyportError } from '@sallyport/contract/errors';
import type { SiteChange, SiteChanges } from '@sallyport/contract/server/change-endpoints';
import { SERVER_ENDPOINTS } from '@sallyport/contract/server/endpoints';
import type { AgentLink } from '../agent/agent-link.ts';
import { hashPassword } from '../auth/passwords.ts';
import type { Db } from '../db/open-database.ts';
import type { World } from '../ids.ts';
import { createImage, deleteImage, updateImage } from '../images/images.ts';
import { networksNow } from '../images/launchable.ts';
import { assertNetworkUnused } from '../networks/networks.ts';
import type { Caller } from '../people/account.ts';
import { createGroup, deleteGroup, updateGroup } from '../people/groups.ts';
import { createUser, deleteUser, updateUser } from '../people/users.ts';
import { assertAllowed } from './assert-allowed.ts';

interface TogetherWorld {
  readonly db: Db;
  readonly world: World;
  readonly agent: AgentLink;
}

/** What is found out before the transaction, which nothing shall hold up. */
interface Known {
  readonly caller: Caller;
  /** Null: the agent can not be asked, or no image names a network. */
  readonly networks: ReadonlySet<string> | null;
  /** By the place of the change. */
  readonly hashes: ReadonlyMap<number, string>;
}

/**
 * Carries all changes out in one transaction; a dry run takes it back.
 * @returns ids of what was changed
 * @throws SallyportError of the change that is refused; its fields begin with `changes[…]`
 */
export async function changeTogether(
  { db, world, agent }: TogetherWorld,
  caller: Caller,
  { changes, networks, dryRun }: SiteChanges,
): Promise<readonly string[]> {
  await each(changes, async ({ endpoint }) => {
    assertAllowed(SERVER_ENDPOINTS[endpoint], caller);
  });
  const known: Known = {
    caller,
    networks: await networksThen(agent, caller, { changes, added: networks.added }),
    hashes: await hashesOf(changes, dryRun),
  };
  const takeBack = new Error('a dry run');
  let ids: readonly string[] = [];
  try {
    await db.transaction().execute(async (transaction) => {
      ids = await each(changes, (change, index) =>
        carryOut({ db: transaction, world, known, index }, change),
      );
      for (const name of networks.removed) await assertNetworkUnused(transaction, name);
      if (dryRun) throw takeBack;
    });
  } catch (error) {
    if (error !== takeBack) throw error;
  }
  return ids;
}

async function networksThen(
  agent: AgentLink,
  caller: Caller,
  {
    changes,
    added,
  }: { readonly changes: readonly SiteChange[]; readonly added: readonly string[] },
): Promise<ReadonlySet<string> | null> {
  const named = changes.some(
    (change) =>
      (change.endpoint === 'createImage' || change.endpoint === 'updateImage') &&
      (change.body.networks ?? []).length > 0,
  );
  if (!named) return null;
  const { networks } = await networksNow(agent, caller.actor.name);
  return networks === null ? null : new Set([...networks.keys(), ...added]);
}

/** Nobody signs in with what a dry run makes. */
async function hashesOf(
  changes: readonly SiteChange[],
  dryRun: boolean,
): Promise<ReadonlyMap<number, string>> {
  const hashes = new Map<number, string>();
  for (const [index, change] of changes.entries()) {
    if (change.endpoint !== 'createUser' && change.endpoint !== 'updateUser') continue;
    const { password } = change.body;
    if (password !== undefined) hashes.set(index, dryRun ? '' : await hashPassword(password));
  }
  return hashes;
}

interface Place {
  readonly db: Db;
  readonly world: World;
  readonly known: Known;
  readonly index: number;
}

async function carryOut({ db, world, known, index }: Place, change: SiteChange): Promise<string> {
  const { caller, networks, hashes } = known;
  const passwordHash = hashes.get(index);
  switch (change.endpoint) {
    case 'createGroup':
      return (await createGroup(db, world, { wish: change.body, caller })).id;
    case 'updateGroup': {
      const { id, version, body: wish } = change;
      return (await updateGroup(db, world, { id, version, wish, caller })).id;
    }
    case 'createImage': {
      const wish = await withGroupIds(db, change.body);
      return (await createImage(db, world, { wish, caller, networks })).id;
    }
    case 'updateImage': {
      const { id, version } = change;
      const wish = await withGroupIds(db, change.body);
      return (await updateImage(db, world, { id, version, wish, caller, networks })).id;
    }
    case 'createUser': {
      const wish = await withGroupIds(db, change.body);
      return (await createUser(db, world, { wish, caller, passwordHash })).user.id;
    }
    case 'updateUser': {
      const { id, version } = change;
      const wish = await withGroupIds(db, change.body);
      return (await updateUser(db, world, { id, version, wish, caller, passwordHash })).user.id;
    }
    default:
      await remove({ db, world, known, index }, change);
      return change.id;
  }
}

type Removal = Extract<SiteChange, { readonly endpoint: `delete${string}` }>;

function remove({ db, world, known }: Place, { endpoint, id }: Removal): Promise<void> {
  const { caller } = known;
  const removers = { deleteGroup, deleteImage, deleteUser } as const;
  return removers[endpoint](db, world, { id, caller });
}

/** Groups are called by their names, since some of them may be made by the same request. */
async function withGroupIds<W extends { readonly groups?: string[] | undefined }>(
  db: Db,
  wish: W,
): Promise<W> {
  const { groups: names } = wish;
  if (names === undefined || names.length === 0) return wish;
  const rows = await db
    .selectFrom('groups')
    .select(['id', 'name'])
    .where('name', 'in', names)
    .execute();
  const groups = names.map((name) => {
    const row = rows.find((one) => one.name === name);
    if (row !== undefined) return row.id;
    throw new SallyportError('group_not_found', `There is no group ${name}.`);
  });
  return { ...wish, groups };
}

/** Does them in order; a refusal tells by its fields which it is of. */
async function each<T>(
  changes: readonly SiteChange[],
  work: (change: SiteChange, index: number) => Promise<T>,
): Promise<readonly T[]> {
  const answers: T[] = [];
  for (const [index, change] of changes.entries()) {
    try {
      answers.push(await work(change, index));
    } catch (error) {
      throw error instanceof SallyportError ? refusalOf(error, index) : error;
    }
  }
  return answers;
}

function refusalOf(error: SallyportError, index: number): SallyportError {
  const place = `changes[${index}]`;
  const { code, message, remedy } = error;
  const errors = error.errors.map(
    (one): FieldError => ({ ...one, field: `${place}.body.${one.field}` }),
  );
  const whole = { field: place, message: message.replace(/\.$/, ''), remedy };
  return new SallyportError(code, `${place}: ${message}`, {
    remedy,
    errors: errors.length > 0 ? errors : [whole],
    cause: error,
  });
}
