import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SallyportError } from '@sallyport/contract/errors';
import { type Dialect, Kysely, PostgresDialect, SqliteDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { acquireInstanceLock } from './instance-lock.ts';
import { MIGRATIONS } from './migrations.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import type { Tables } from './tables.ts';

/** The database, and inside a transaction the transaction. */
export type Db = Kysely<Tables>;

export interface OpenDatabase {
  readonly db: Db;
  readonly kind: 'sqlite' | 'postgres';
  readonly close: () => Promise<void>;
}

interface Place {
  readonly stateDir: string;
  /** `postgres://…`; null: SQLite in the state directory. */
  readonly databaseUrl: string | null;
}

/**
 * Opens the database and brings it to the present schema.
 * @throws SallyportError `server_running`, `database_refused`
 */
export async function openDatabase({ stateDir, databaseUrl }: Place): Promise<OpenDatabase> {
  if (databaseUrl !== null) return open('postgres', postgres(databaseUrl), () => undefined);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const lock = acquireInstanceLock(join(stateDir, 'server.lock'));
  try {
    const file = join(stateDir, 'server.db');
    const dialect = new SqliteDialect({ database: openSqliteDatabase(file) });
    // Hashes of passwords and secrets of second factors are in it.
    chmodSync(file, 0o600);
    return await open('sqlite', dialect, lock.release);
  } catch (error) {
    lock.release();
    throw error;
  }
}

const { INT8 } = pg.types.builtins;

/** bigint: milliseconds and counters, which stay far below 2^53. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === INT8 && format !== 'binary') return Number;
    const parse: unknown = pg.types.getTypeParser(oid, format);
    return parse;
  },
};

function postgres(connectionString: string): Dialect {
  const pool = new pg.Pool({
    connectionString,
    max: 10,
    types: TYPES,
    connectionTimeoutMillis: 10_000,
  });
  // An idle connection that breaks must not end the server: the next query opens another.
  pool.on('error', () => undefined);
  return new PostgresDialect({ pool });
}

async function open(
  kind: OpenDatabase['kind'],
  dialect: Dialect,
  release: () => void,
): Promise<OpenDatabase> {
  const db = new Kysely<Tables>({ dialect });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw new Error(messageOf(error), { cause: error });
  } catch (error) {
    await db.destroy();
    throw new SallyportError(
      'database_refused',
      `The database can not be used: ${messageOf(error)}`,
      {
        remedy: 'Check DATABASE_URL or the state directory; docs/server.md describes both.',
        cause: error,
      },
    );
  }
  return {
    db,
    kind,
    close: async () => {
      await db.destroy();
      release();
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Fails when the database does not answer. */
export async function pingDatabase(db: Db): Promise<void> {
  await sql`select 1`.execute(db);
}
