import { SallyportError } from '@sallyport/contract/errors';
import { sql } from 'kysely';
import { appendAudit } from '../audit/audit-log.ts';
import { NEWEST_SCHEMA } from '../db/migrations.ts';
import type { Db } from '../db/open-database.ts';
import type { Tables } from '../db/tables.ts';
import { type BackupRow, checkBackup, readRows, unusable, writeBackup } from './backup-file.ts';

/**
 * What a backup has of each table, in an order in which rows come after those that they refer to; `null`:
 * nothing. Who is signed in, who failed to, and which requests were made lately does not outlive a
 * restore: cookies of before must not work on another server.
 */
const ORDER: Readonly<Record<keyof Tables, readonly string[] | null>> = {
  users: ['id'],
  groups: ['id'],
  group_members: ['group_id', 'user_id'],
  identities: ['issuer', 'subject'],
  recovery_codes: ['user_id', 'code_hash'],
  api_keys: ['id'],
  audit: ['seq'],
  images: ['id'],
  sessions: ['id'],
  shares: ['id'],
  logins: null,
  sign_in_attempts: null,
  idempotency: null,
};
const TABLES = (Object.keys(ORDER) as (keyof Tables)[]).filter((table) => ORDER[table] !== null);

/** Rows read and written at once. */
const PAGE = 500;

/**
 * Writes all that is worth keeping to a file, as it is at one moment; the server may run meanwhile.
 * @returns how many rows
 */
export async function backup(
  db: Db,
  {
    file,
    now,
    isPostgres,
  }: { readonly file: string; readonly now: number; readonly isPostgres: boolean },
): Promise<number> {
  const builder = db.transaction();
  // SQLite's transactions see one moment anyhow, and know no levels.
  const snapshot = isPostgres ? builder.setIsolationLevel('repeatable read') : builder;
  return snapshot.execute((transaction) =>
    writeBackup(file, { schema: NEWEST_SCHEMA, madeAt: now }, allRows(transaction)),
  );
}

async function* allRows(db: Db): AsyncGenerator<BackupRow> {
  for (const table of TABLES) {
    const key = sql.join((ORDER[table] ?? []).map((column) => sql.ref(column)));
    for (let offset = 0; ; offset += PAGE) {
      const { rows } = await sql<BackupRow['row']>`
        select * from ${sql.table(table)} order by ${key} limit ${PAGE} offset ${offset}
      `.execute(db);
      for (const row of rows) yield { table, row };
      if (rows.length < PAGE) break;
    }
  }
}

/**
 * Fills an empty database from a file, as a whole or not at all. The audit log goes on where it was.
 * @returns how many rows
 * @throws SallyportError `backup_unusable`, `database_not_empty`
 */
export async function restore(
  db: Db,
  { file, now }: { readonly file: string; readonly now: number },
): Promise<number> {
  const { schema, rows, madeAt } = await checkBackup(file);
  if (schema !== NEWEST_SCHEMA)
    throw unusable(
      file,
      `it was made by another version (its tables are ${schema}, here ${NEWEST_SCHEMA})`,
    );
  await db.transaction().execute(async (transaction) => {
    const present = await transaction.selectFrom('users').select('id').limit(1).execute();
    if (present.length > 0) {
      throw new SallyportError('database_not_empty', 'The database has users already.', {
        remedy: 'Restore into a state directory, or a PostgreSQL database, of its own.',
      });
    }
    let page: BackupRow[] = [];
    for await (const row of readRows(file)) {
      if (page.length >= PAGE || (page[0] !== undefined && page[0].table !== row.table)) {
        await insert(transaction, page);
        page = [];
      }
      page.push(row);
    }
    await insert(transaction, page);
    await appendAudit(transaction, now, {
      actor: { id: null, name: 'restore', source: '' },
      action: 'server.restored',
      objectType: 'server',
      objectId: '',
      details: { rows, madeAt },
    });
  });
  return rows;
}

async function insert(db: Db, page: readonly BackupRow[]): Promise<void> {
  const [first] = page;
  if (first === undefined) return;
  const table = TABLES.find((one) => one === first.table);
  if (table === undefined)
    throw new SallyportError('backup_unusable', `There is no table ${first.table}.`);
  const columns = Object.keys(first.row);
  const values = page.map(
    ({ row }) => sql`(${sql.join(columns.map((column) => row[column] ?? null))})`,
  );
  await sql`
    insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    values ${sql.join(values)}
  `.execute(db);
}
