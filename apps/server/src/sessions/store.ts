import {
  nextSessionState,
  type SessionEvent,
  type SessionState,
  sessionCounts,
  SESSION_STATES,
} from '@sallyport/core/session-state';
import { SallyportError } from '@sallyport/contract/errors';
import { type Actor, appendAudit } from '../audit/audit-log.ts';
import type { Db } from '../db/open-database.ts';
import type { SessionPatch, SessionRow } from '../db/tables.ts';

/** Who does what nobody asked for: expiry, and what is found out about containers. */
export const PLATFORM: Actor = { id: null, name: 'sallyport', source: '' };

/** How long the row of a deleted session is kept: by it a container that comes late is known for dead. */
export const TOMBSTONE_MS = 7 * 86_400_000;

export async function findSession(db: Db, id: string): Promise<SessionRow | undefined> {
  return db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
}

export interface SessionQuery {
  readonly owner?: string | undefined;
  readonly state?: SessionState | undefined;
  readonly image?: string | undefined;
  readonly network?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** The newest first, without deleted ones unless they are asked for. */
export function listSessions(db: Db, query: SessionQuery): Promise<SessionRow[]> {
  const { owner, state, image, network, cursor, limit } = query;
  let rows = db.selectFrom('sessions').selectAll();
  rows =
    state === undefined ? rows.where('state', '!=', 'deleted') : rows.where('state', '=', state);
  if (owner !== undefined) rows = rows.where('owner_id', '=', owner);
  if (image !== undefined) rows = rows.where('image_id', '=', image);
  if (network !== undefined) rows = rows.where('network', '=', network);
  if (cursor !== undefined) rows = rows.where('id', '<', cursor);
  return rows.orderBy('id', 'desc').limit(limit).execute();
}

const COUNTING = SESSION_STATES.filter(sessionCounts);

/**
 * After the audit entry in the same transaction, whose lock lets one at a time count.
 * @throws SallyportError `session_limit`
 */
export async function assertBelowLimit(
  transaction: Db,
  ownerId: string,
  maxSessions: number,
): Promise<void> {
  const { count } = await transaction
    .selectFrom('sessions')
    .select((is) => is.fn.countAll<number | string>().as('count'))
    .where('owner_id', '=', ownerId)
    .where('state', 'in', COUNTING)
    .executeTakeFirstOrThrow();
  if (Number(count) < maxSessions) return;
  throw new SallyportError(
    'session_limit',
    `The limit of ${maxSessions} sessions at a time is reached.`,
    { remedy: 'Stop or delete a session first; an administrator can raise `maxSessions`.' },
  );
}

export interface Transition {
  readonly event: SessionEvent;
  readonly patch?: SessionPatch;
  /** Who is named in the log; undefined: no entry. */
  readonly actor?: Actor;
  /** Of the log's entry; by default the state that is reached. */
  readonly action?: string;
  /** Checked in the same transaction, after the entry of the log. */
  readonly check?: (transaction: Db) => Promise<void>;
}

/**
 * Writes a transition, unless somebody else has changed the session meanwhile.
 * @returns the row as it is now; undefined where nothing was written
 * @throws SallyportError `session_state` where the state machine does not have it
 */
export async function changeSession(
  db: Db,
  now: number,
  { row, event, patch, actor, action, check }: Transition & { readonly row: SessionRow },
): Promise<SessionRow | undefined> {
  const state = nextSessionState(row.state, event);
  if (state === undefined) {
    throw new SallyportError(
      'session_state',
      `The session is ${row.state}: ${event} is not possible.`,
    );
  }
  return db
    .transaction()
    .execute(async (transaction) => {
      if (actor !== undefined) {
        await appendAudit(transaction, now, {
          actor,
          action: `session.${action ?? state}`,
          objectType: 'session',
          objectId: row.id,
          details: { image: row.image_name, network: row.network, reason: patch?.reason ?? '' },
        });
      }
      await check?.(transaction);
      const changed = await transaction
        .updateTable('sessions')
        .set({ phase: '', ...patch, state, version: row.version + 1 })
        .where('id', '=', row.id)
        .where('version', '=', row.version)
        .returningAll()
        .executeTakeFirst();
      if (changed === undefined) throw new Overtaken();
      return changed;
    })
    .catch((error: unknown) => {
      if (error instanceof Overtaken) return undefined;
      throw error;
    });
}

/** Takes the transaction back, with the entry of the log that would tell of what did not happen. */
class Overtaken extends Error {}

/** What is told of a session without being a transition. Nothing happens where it has gone on. */
export async function noteSession(db: Db, row: SessionRow, patch: SessionPatch): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('sessions')
    .set(patch)
    .where('id', '=', row.id)
    .where('state', '=', row.state)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
