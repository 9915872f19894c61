import { createHash } from 'node:crypto';
import { PostgresAdapter, sql } from 'kysely';
import type { Db } from '../db/open-database.ts';
import type { AuditRow, NewAuditRow } from '../db/tables.ts';

/** Who does something, and from where. */
export interface Actor {
  readonly id: string | null;
  /** As it was at the time; for a failed sign-in the name that was tried. */
  readonly name: string;
  /** Address of the caller, as far as proxies are trusted. */
  readonly source: string;
}

export interface AuditEntry {
  readonly actor: Actor;
  /** `object.verb`, for example `user.created`. */
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  /** Never a secret: whoever may read the log reads it. */
  readonly details?: Readonly<Record<string, unknown>>;
}

const GENESIS = '0'.repeat(64);

/** One writer at a time between servers on one PostgreSQL; the number is ours alone. */
const PG_LOCK = 0x5a11_0001;

/**
 * Writes an entry at the end of the chain. Give the transaction that makes the change: then there is
 * no change without its entry and no entry without its change.
 */
export async function appendAudit(
  transaction: Db,
  at: number,
  { actor, action, objectType, objectId, details = {} }: AuditEntry,
): Promise<void> {
  if (isPostgres(transaction))
    await sql`select pg_advisory_xact_lock(${PG_LOCK})`.execute(transaction);
  const last = await transaction
    .selectFrom('audit')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const row: Omit<NewAuditRow, 'hash'> = {
    seq: (last?.seq ?? 0) + 1,
    at,
    actor_id: actor.id,
    actor_name: actor.name,
    source: actor.source,
    action,
    object_type: objectType,
    object_id: objectId,
    details: JSON.stringify(details),
    previous_hash: last?.hash ?? GENESIS,
  };
  await transaction
    .insertInto('audit')
    .values({ ...row, hash: hashOf(row) })
    .execute();
}

function isPostgres(db: Db): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

/** Over a JSON array, so that no two entries with fields cut differently have one hash. */
function hashOf(row: Omit<NewAuditRow, 'hash'>): string {
  const text = JSON.stringify([
    row.previous_hash,
    row.seq,
    row.at,
    row.actor_id,
    row.actor_name,
    row.source,
    row.action,
    row.object_type,
    row.object_id,
    row.details,
  ]);
  return createHash('sha256').update(text).digest('hex');
}

export interface AuditVerification {
  readonly intact: boolean;
  /** How many entries were read and found right. */
  readonly entries: number;
  /** Hash of the last right entry: kept elsewhere, it shows later whether the end was cut off. */
  readonly head: string;
  /** One sentence; empty when intact. */
  readonly reason: string;
}

const VERIFY_BATCH = 1000;

/**
 * Reads the whole chain. Whoever can write the whole table can also make a new chain; that the
 * end was cut off or all was made anew is seen only against a `head` that was kept elsewhere.
 */
export async function verifyAudit(db: Db, keptHead: string | null): Promise<AuditVerification> {
  let head = GENESIS;
  let entries = 0;
  let seen = keptHead === null || keptHead === GENESIS;
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', entries)
      .orderBy('seq')
      .limit(VERIFY_BATCH)
      .execute();
    for (const row of rows) {
      const reason = faultOf(row, entries + 1, head);
      if (reason !== null) return { intact: false, entries, head, reason };
      entries = row.seq;
      head = row.hash;
      seen ||= head === keptHead;
    }
    if (rows.length < VERIFY_BATCH) break;
  }
  if (seen) return { intact: true, entries, head, reason: '' };
  const reason = 'The hash that was kept is not in the chain: the end was cut off or made anew.';
  return { intact: false, entries, head, reason };
}

function faultOf(row: AuditRow, expected: number, previous: string): string | null {
  if (row.seq !== expected) return `Entry ${expected} is missing.`;
  if (row.previous_hash !== previous) {
    return `Entry ${row.seq} does not follow from the one before it.`;
  }
  if (row.hash !== hashOf(row)) return `Entry ${row.seq} was changed after it was written.`;
  return null;
}

export interface AuditQuery {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Id or name. */
  readonly actor?: string | undefined;
  readonly object?: string | undefined;
  /** The number of the last entry that was seen. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Entries, the newest first. */
export async function searchAudit(db: Db, query: AuditQuery): Promise<readonly AuditRow[]> {
  const { from, to, actor, object, before, limit } = query;
  let rows = db.selectFrom('audit').selectAll();
  if (from !== undefined) rows = rows.where('at', '>=', from);
  if (to !== undefined) rows = rows.where('at', '<', to);
  if (actor !== undefined) {
    rows = rows.where((is) => is.or([is('actor_id', '=', actor), is('actor_name', '=', actor)]));
  }
  if (object !== undefined) rows = rows.where('object_id', '=', object);
  if (before !== undefined) rows = rows.where('seq', '<', before);
  return rows.orderBy('seq', 'desc').limit(limit).execute();
}
