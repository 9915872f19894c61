import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SallyportError } from '@sallyport/contract/errors';
import { type Dialect, Kysely, PostgresDialect, SqliteDialect, sql } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration';
import pg from 'pg';
import { acquireInstanceLock } from './instance-lock.ts';
import { MIGRATIONS, NEWEST_SCHEMA } from './migrations.ts';
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

/**
 * Opens a database that is there already, beside a server that may use it, to read it as it is.
 * @throws SallyportError `database_refused`: it is not there, or its tables are of another version
 */
export async function openBeside({ stateDir, databaseUrl }: Place): Promise<OpenDatabase> {
  const file = join(stateDir, 'server.db');
  if (databaseUrl === null && !existsSync(file)) throw refused(`there is no ${file}`);
  const kind = databaseUrl === null ? 'sqlite' : 'postgres';
  const dialect =
    databaseUrl === null
      ? new SqliteDialect({ database: openSqliteDatabase(file) })
      : postgres(databaseUrl);
  const db = new Kysely<Tables>({ dialect });
  const close = () => db.destroy();
  try {
    const { rows } = await sql<{ name: string }>`
      select name from ${sql.table(DEFAULT_MIGRATION_TABLE)} order by name desc limit 1
    `.execute(db);
    const schema = rows[0]?.name ?? 'none';
    if (schema === NEWEST_SCHEMA) return { db, kind, close };
    throw new Error(`its tables are of another version (${schema}, here ${NEWEST_SCHEMA})`);
  } catch (error) {
    await close();
    throw refused(messageOf(error), error);
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
    throw refused(messageOf(error), error);
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

function refused(reason: string, cause?: unknown): SallyportError {
  return new SallyportError('database_refused', `The database can not be used: ${reason}`, {
    remedy: 'Check DATABASE_URL or the state directory; docs/server.md describes both.',
    cause,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Fails when the database does not answer. */
export async function pingDatabase(db: Db): Promise<void> {
  await sql`select 1`.execute(db);
}
