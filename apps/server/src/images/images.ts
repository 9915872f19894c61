import { SallyportError } from '@sallyport/contract/errors';
import type { ImageCreate, ImageDefinition, ImageUpdate } from '@sallyport/contract/server/images';
import { appendAudit } from '../audit/audit-log.ts';
import type { Db } from '../db/open-database.ts';
import { transact } from '../db/transact.ts';
import type { ImageRow } from '../db/tables.ts';
import { newId, type World } from '../ids.ts';
import type { Caller } from '../people/account.ts';
import { assertVersion, isTaken } from '../people/rules.ts';
import { auditDetails, columnsOf, definitionOf, wideningOf } from './definition.ts';
import { assertGroupsThere, assertNetworksNamed, assertWideningConfirmed } from './rules.ts';

/** Names of the networks that the host has now; null: the agent can not be asked. */
type NetworkNames = ReadonlySet<string> | null;

export function listImages(
  db: Db,
  { cursor = '', limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<ImageRow[]> {
  return db
    .selectFrom('images')
    .selectAll()
    .where('id', '>', cursor)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** @throws SallyportError `image_not_found` */
export async function showImage(db: Db, id: string): Promise<ImageRow> {
  const image = await db.selectFrom('images').selectAll().where('id', '=', id).executeTakeFirst();
  if (image === undefined) throw new SallyportError('image_not_found', `There is no image ${id}.`);
  return image;
}

export interface ImageWish<W> {
  readonly wish: W;
  readonly caller: Caller;
  readonly networks: NetworkNames;
}

/** @throws SallyportError of the contract's `createImage` */
export async function createImage(
  db: Db,
  world: World,
  { wish, caller, networks }: ImageWish<ImageCreate>,
): Promise<ImageRow> {
  const { confirmWidening, ...definition } = wish;
  assertWideningConfirmed(definition, { confirmed: confirmWidening, caller });
  assertNetworksNamed(definition, definition.networks, networks);
  const id = newId(world);
  const now = world.now();
  return changing(db, wish.name, async (transaction) => {
    await assertGroupsThere(transaction, definition.groups);
    await transaction
      .insertInto('images')
      .values({ id, ...columnsOf(definition), version: 1, created_at: now, updated_at: now })
      .execute();
    const details = noteOf(definition, definition);
    await note(transaction, now, { caller, action: 'image.created', id, details });
    return showImage(transaction, id);
  });
}

export interface ImageChange extends ImageWish<ImageUpdate> {
  readonly id: string;
  readonly version: number | null;
}

/** @throws SallyportError of the contract's `updateImage` */
export async function updateImage(
  db: Db,
  world: World,
  { id, version, wish, caller, networks }: ImageChange,
): Promise<ImageRow> {
  const { confirmWidening, ...given } = wish;
  // Under `exactOptionalPropertyTypes` zod's optional fields may be undefined; absent ones stay.
  const changes = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<ImageDefinition>;
  return changing(db, wish.name ?? id, async (transaction) => {
    const image = await showImage(transaction, id);
    assertVersion(image.version, version);
    const definition: ImageDefinition = { ...definitionOf(image), ...changes };
    assertWideningConfirmed(definition, { confirmed: confirmWidening, caller });
    // A network that is gone meanwhile is no reason to refuse another change.
    assertNetworksNamed(definition, changes.networks ?? [], networks);
    await assertGroupsThere(transaction, changes.groups ?? []);
    const now = world.now();
    const { numUpdatedRows } = await transaction
      .updateTable('images')
      .set({ ...columnsOf(definition), version: image.version + 1, updated_at: now })
      .where('id', '=', id)
      .where('version', '=', image.version)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) assertVersion(image.version + 1, image.version);
    const details = noteOf(changes, definition);
    await note(transaction, now, { caller, action: 'image.updated', id, details });
    return showImage(transaction, id);
  });
}

/** @throws SallyportError `image_not_found`, `image_in_use` */
export async function deleteImage(
  db: Db,
  world: World,
  { id, caller }: { readonly id: string; readonly caller: Caller },
): Promise<void> {
  await transact(db, async (transaction) => {
    const image = await showImage(transaction, id);
    await assertUnused(transaction, image);
    await transaction.deleteFrom('images').where('id', '=', id).execute();
    const details = { name: image.name };
    await note(transaction, world.now(), { caller, action: 'image.deleted', id, details });
  });
}

async function assertUnused(db: Db, { id, name }: ImageRow): Promise<void> {
  const session = await db
    .selectFrom('sessions')
    .select(['id', 'owner_name'])
    .where('image_id', '=', id)
    .where('state', '!=', 'deleted')
    .limit(1)
    .executeTakeFirst();
  if (session === undefined) return;
  throw new SallyportError(
    'image_in_use',
    `A session of ${name} is there: ${session.id} of ${session.owner_name}.`,
    { remedy: 'Delete its sessions first, or switch the image off.' },
  );
}

/** Names of the images that are restricted to a network. */
export async function imagesOnNetwork(db: Db, network: string): Promise<readonly string[]> {
  const images = await db.selectFrom('images').selectAll().orderBy('name').execute();
  return images
    .filter((row) => {
      const { restrictToNetwork, networks } = definitionOf(row);
      return restrictToNetwork && networks.some((name) => name === network);
    })
    .map(({ name }) => name);
}

function noteOf(wish: Partial<ImageDefinition>, result: ImageDefinition) {
  const widening = wideningOf(result);
  return { ...auditDetails(wish), ...(widening.length > 0 && { widening }) };
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
    throw new SallyportError('image_exists', `There is an image ${name} already.`, {
      cause: error,
    });
  }
}

interface Note {
  readonly caller: Caller;
  readonly action: string;
  readonly id: string;
  readonly details: Readonly<Record<string, unknown>>;
}

async function note(db: Db, at: number, { caller, action, id, details }: Note): Promise<void> {
  const entry = { actor: caller.actor, action, objectType: 'image', objectId: id, details };
  await appendAudit(db, at, entry);
}
