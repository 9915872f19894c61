import { SallyportError } from '@sallyport/contract/errors';
import { userNameField } from '@sallyport/contract/server/people';
import { appendAudit } from '../../audit/audit-log.ts';
import type { Db } from '../../db/open-database.ts';
import type { UserRow } from '../../db/tables.ts';
import { newId, type World } from '../../ids.ts';
import { createLogin } from '../logins.ts';
import { hashPassword } from '../passwords.ts';
import type { Claims } from './oidc-client.ts';
import type { OidcConfig } from './oidc-config.ts';

interface Arrival {
  readonly claims: Claims;
  readonly config: OidcConfig;
  readonly source: string;
}

/**
 * Signs somebody in whom the provider knows. Accounts belong to issuer and subject, never to a name or an e-mail
 * address: those change hands.
 *
 * @returns the token for the cookie
 * @throws SallyportError `oidc_no_account`, `oidc_name_taken`, `oidc_failed`
 */
export async function signInByOidc(db: Db, world: World, arrival: Arrival): Promise<string> {
  // To hash takes long, and holds a transaction up; nobody knows what is hashed.
  const passwordHash = await hashPassword(world.randomBytes(32).toString('base64url'));
  return db.transaction().execute(async (transaction) => {
    const user =
      (await findUser(transaction, arrival)) ??
      (await createUser(transaction, world, { ...arrival, passwordHash }));
    await renewGroups(transaction, user.id, arrival);
    const token = await createLogin(transaction, world, {
      userId: user.id,
      source: arrival.source,
    });
    await appendAudit(transaction, world.now(), {
      actor: { id: user.id, name: user.name, source: arrival.source },
      action: 'user.signed-in',
      objectType: 'user',
      objectId: user.id,
      details: { issuer: arrival.config.issuer.href },
    });
    return token;
  });
}

type User = Pick<UserRow, 'id' | 'name'>;

async function findUser(db: Db, { claims, config }: Arrival): Promise<User | null> {
  const user = await db
    .selectFrom('identities')
    .innerJoin('users', 'users.id', 'identities.user_id')
    .select(['users.id', 'users.name', 'users.disabled'])
    .where('issuer', '=', config.issuer.href)
    .where('subject', '=', claims.sub)
    .executeTakeFirst();
  if (user === undefined) return null;
  if (user.disabled === 1) throw noAccount();
  return user;
}

async function createUser(
  db: Db,
  world: World,
  { claims, config, source, passwordHash }: Arrival & { readonly passwordHash: string },
): Promise<User> {
  if (!config.createUsers) throw noAccount();
  const name = nameOf(claims);
  const taken = await db
    .selectFrom('users')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken !== undefined) {
    throw new SallyportError('oidc_name_taken', `There is an account ${name} already.`, {
      remedy: 'Ask an administrator: accounts are never joined by their names.',
    });
  }
  const id = newId(world);
  const now = world.now();
  await db
    .insertInto('users')
    .values({
      id,
      name,
      display_name: textOf(claims['name']) ?? name,
      password_hash: passwordHash,
      administrator: 0,
      disabled: 0,
      totp_secret: null,
      totp_active: 0,
      totp_last_step: 0,
      version: 1,
      created_at: now,
      updated_at: now,
    })
    .execute();
  await db
    .insertInto('identities')
    .values({ issuer: config.issuer.href, subject: claims.sub, user_id: id, created_at: now })
    .execute();
  await appendAudit(db, now, {
    actor: { id, name, source },
    action: 'user.created',
    objectType: 'user',
    objectId: id,
    details: { name, issuer: config.issuer.href },
  });
  return { id, name };
}

/** Groups that the mapping names are as the provider says; others are not touched. */
async function renewGroups(db: Db, userId: string, { claims, config }: Arrival): Promise<void> {
  const said = claims[config.groupsClaim];
  const values = Array.isArray(said) ? said.map(String) : [];
  const wanted = new Set(values.flatMap((value) => config.groups[value] ?? []));
  const mapped = [...new Set(Object.values(config.groups))];
  if (mapped.length === 0) return;
  const groups = await db
    .selectFrom('groups')
    .select(['id', 'name'])
    .where('name', 'in', mapped)
    .where('everyone', '=', 0)
    .execute();
  for (const { id, name } of groups) {
    await db
      .deleteFrom('group_members')
      .where('group_id', '=', id)
      .where('user_id', '=', userId)
      .execute();
    if (wanted.has(name))
      await db.insertInto('group_members').values({ group_id: id, user_id: userId }).execute();
  }
}

/** @throws SallyportError `oidc_failed` where the provider tells no name that can be one here */
function nameOf(claims: Claims): string {
  for (const claim of ['preferred_username', 'email', 'sub']) {
    const name = userNameField.safeParse(textOf(claims[claim])?.toLowerCase());
    if (name.success) return name.data;
  }
  throw new SallyportError('oidc_failed', 'The provider tells no name that can be one here.', {
    remedy: 'Let it send preferred_username with letters, digits, ".", "_" or "-".',
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 128) : undefined;
}

function noAccount(): SallyportError {
  return new SallyportError('oidc_no_account', 'You have no account here.', {
    remedy: 'Ask an administrator for one.',
  });
}
