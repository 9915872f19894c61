import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Kind, makeDatabase, type TestDatabase } from '../../test/databases.ts';
import { verifyAudit } from '../audit/audit-log.ts';
import { ensureAdministrator } from '../auth/first-start.ts';
import { type Db, type OpenDatabase, openBeside } from '../db/open-database.ts';
import { REAL_WORLD } from '../ids.ts';
import { backup, restore } from './backup.ts';

const NOW = 1_790_000_000_123;
const WAYS = [
  ['sqlite', 'postgres'],
  ['postgres', 'sqlite'],
  ['sqlite', 'sqlite'],
] as const satisfies readonly (readonly [Kind, Kind])[];

/** More rows than are read at once, with what texts may hold. */
async function fill(db: Db): Promise<void> {
  await ensureAdministrator(db, REAL_WORLD);
  const { id: user_id } = await db.selectFrom('users').select('id').executeTakeFirstOrThrow();
  const keys = Array.from({ length: 1_234 }, (_, index) => ({
    id: `key-${String(index).padStart(5, '0')}`,
    user_id,
    name: `Schlüssel "${index}"\n\\ \u{1F511}`,
    secret_hash: `hash-${index}`,
    scopes: '[]',
    created_at: NOW + index,
    expires_at: NOW * 2,
  }));
  for (let from = 0; from < keys.length; from += 500)
    await db
      .insertInto('api_keys')
      .values(keys.slice(from, from + 500))
      .execute();
  const login = { token_hash: 'cookie', user_id, source: '', created_at: NOW, expires_at: NOW };
  await db.insertInto('logins').values(login).execute();
}

const kept = async (db: Db) => ({
  users: await db.selectFrom('users').selectAll().orderBy('id').execute(),
  groups: await db.selectFrom('groups').selectAll().orderBy('id').execute(),
  keys: await db.selectFrom('api_keys').selectAll().orderBy('id').execute(),
});

describe.each(WAYS)('from %s into %s', (from, into) => {
  let folder: string;
  let places: readonly [TestDatabase, TestDatabase];
  let source: OpenDatabase;
  let target: OpenDatabase;
  const file = () => join(folder, 'a.backup');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-backup-'));
    places = [await makeDatabase(from), await makeDatabase(into)];
    [source, target] = [await places[0].open(), await places[1].open()];
    await fill(source.db);
  }, 300_000);
  afterAll(async () => {
    await source?.close();
    await target?.close();
    for (const place of places ?? []) await place.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('is made beside a server that runs, for its owner alone', async () => {
    const beside = await openBeside(places[0].place);
    const isPostgres = beside.kind === 'postgres';
    const rows = await backup(beside.db, { file: file(), now: NOW, isPostgres });
    await beside.close();
    // A user, a group, an entry of the log, and the keys.
    expect(rows).toBe(1_237);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    await expect(stat(`${file()}.part`)).rejects.toThrow('ENOENT');
  });

  test.each([
    ['cut off', (text: string) => text.slice(0, -100), 'it was cut off'],
    ['changed', (text: string) => text.replace('hash-7"', 'hash-8"'), 'its checksum is another'],
    [
      'a row less',
      (text: string) => text.replace(/\n[^\n]*hash-9"[^\n]*/, ''),
      'its checksum is another',
    ],
    [
      'of another version',
      (text: string) => text.replace(/"schema":"[^"]*"/, '"schema":"9999"'),
      'its checksum is another',
    ],
    ['something else', () => 'hello\n', 'it does not begin as one'],
    ['empty', () => '', 'it has no end'],
  ])('one that is %s is refused, and nothing is restored', async (_, spoil, reason) => {
    const spoilt = join(folder, 'spoilt');
    await writeFile(spoilt, spoil(await readFile(file(), 'utf8')));
    await expect(restore(target.db, { file: spoilt, now: NOW })).rejects.toThrow(reason);
    expect((await kept(target.db)).users).toEqual([]);
  });

  test('a file that is not there is told', async () => {
    await expect(restore(target.db, { file: join(folder, 'none'), now: NOW })).rejects.toThrow(
      'it can not be read',
    );
  });

  test('brings everything, but who is signed in, and the log goes on', async () => {
    expect(await restore(target.db, { file: file(), now: NOW })).toBe(1_237);
    expect(await kept(target.db)).toEqual(await kept(source.db));
    expect(await target.db.selectFrom('logins').selectAll().execute()).toEqual([]);
    const { intact, entries } = await verifyAudit(target.db, null);
    expect([intact, entries]).toEqual([true, 2]);
  });

  test('is not restored over users', async () => {
    await expect(restore(target.db, { file: file(), now: NOW })).rejects.toMatchObject({
      code: 'database_not_empty',
    });
  });
});

test('a database that is not there is not made', async () => {
  const stateDir = join(tmpdir(), `sallyport-none-${process.pid}`);
  await expect(openBeside({ stateDir, databaseUrl: null })).rejects.toThrow('there is no');
  await expect(stat(stateDir)).rejects.toThrow('ENOENT');
});
