import type { SessionState } from '@sallyport/core/session-state';
import { uuid7 } from '@sallyport/core/uuid7';
import { sql } from 'kysely';
import { appendAudit } from '../../src/audit/audit-log.ts';
import { ensureAdministrator } from '../../src/auth/first-start.ts';
import type { OpenDatabase } from '../../src/db/open-database.ts';
import { REAL_WORLD } from '../../src/ids.ts';

/** Every session belongs to one of so many users, the first administrator among them. */
export const USERS = 50;
export const IMAGES = 20;
export const NETWORKS = 100;
/** A minute between one and the next. */
const APART_MS = 60_000;
const AT_ONCE = 500;
/** Three of ten run; the others rest. Whoever looks at the host finds their containers so. */
const STATES: readonly SessionState[] = ['running', 'running', 'running', 'stopped'];

export interface Filled {
  /** Of the user `admin`. */
  readonly password: string;
  /** Ids of the sessions that run, and of the others. */
  readonly running: readonly string[];
  readonly stopped: readonly string[];
}

export const networkName = (index: number): string => `z_bench_${index % NETWORKS}`;
const idOf = (at: number, index: number): string => uuid7(at, Buffer.alloc(16, index % 251));

/** So many sessions, and so many entries of the audit log, as a server of some months has them. */
export async function fill({ db, kind }: OpenDatabase, count: number): Promise<Filled> {
  const password = await ensureAdministrator(db, REAL_WORLD);
  if (password === null) throw new Error('the database was not empty');
  const now = Date.now();
  const admin = await db
    .selectFrom('users')
    .selectAll()
    .where('name', '=', 'admin')
    .executeTakeFirstOrThrow();
  const users = Array.from({ length: USERS }, (_, index) =>
    index === 0
      ? admin
      : { ...admin, id: idOf(now - index, index), name: `user-${index}`, administrator: 0 },
  );
  await db.insertInto('users').values(users.slice(1)).execute();
  const rows = Array.from({ length: count }, (_, index) => {
    const at = now - (count - index) * APART_MS;
    const { id: owner_id, name: owner_name } = users[index % USERS] ?? admin;
    const state = STATES[Math.min(index % 10, STATES.length - 1)] ?? 'stopped';
    return {
      id: idOf(at, index),
      image_id: idOf(1_700_000_000_000, index % IMAGES),
      image_name: `Desktop ${index % IMAGES}`,
      owner_id,
      owner_name,
      state,
      phase: '',
      reason: '',
      network: networkName(index),
      egress: '["192.168.4.153"]',
      verified: JSON.stringify({ address: '192.168.4.153', at: now, ok: true }),
      // None falls due while it is measured.
      verified_at: now,
      container_id: index.toString(16).padStart(64, '0'),
      host: '',
      wish: JSON.stringify({ environment: { START_URL: 'https://www.example/' }, pids: 2048 }),
      profile: 'keep' as const,
      created_at: at,
      started_at: at,
      last_input_at: at,
      last_keepalive_at: now,
      limit_seconds: null,
      limit_at: null,
      expires_at: state === 'running' ? now + 86_400_000 : null,
      expiry_action: 'stop' as const,
      version: 4,
    };
  });
  await db.transaction().execute(async (transaction) => {
    for (let from = 0; from < count; from += AT_ONCE) {
      await transaction
        .insertInto('sessions')
        .values(rows.slice(from, from + AT_ONCE))
        .execute();
    }
    for (const { id, owner_id, owner_name, created_at, image_name, network } of rows) {
      await appendAudit(transaction, created_at, {
        actor: { id: owner_id, name: owner_name, source: '192.0.2.7' },
        action: 'session.created',
        objectType: 'session',
        objectId: id,
        details: { image: image_name, network },
      });
    }
  });
  // PostgreSQL counts by itself, a minute later; SQLite is never told.
  if (kind === 'postgres') await sql`analyze`.execute(db);
  const idsOf = (state: SessionState): readonly string[] =>
    rows.filter((row) => row.state === state).map(({ id }) => id);
  return { password, running: idsOf('running'), stopped: idsOf('stopped') };
}
