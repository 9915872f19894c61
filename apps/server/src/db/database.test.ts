import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { KINDS, makeDatabase, type TestDatabase } from '../../test/databases.ts';
import { type OpenDatabase, openDatabase, pingDatabase } from './open-database.ts';

const USER = {
  password_hash: '',
  display_name: 'Ä',
  administrator: 1,
  disabled: 0,
  totp_secret: null,
  totp_active: 0,
  totp_last_step: 0,
  version: 1,
  created_at: 1_790_000_000_123,
  updated_at: 1_790_000_000_123,
};

describe.each(KINDS)('%s', (kind) => {
  let place: TestDatabase;
  let database: OpenDatabase;
  beforeAll(async () => {
    place = await makeDatabase(kind);
    database = await place.open();
  }, 300_000);
  afterAll(async () => {
    await database?.close();
    await place?.remove();
  });

  test('rows come back as they went in, times as numbers', async () => {
    await database.db
      .insertInto('users')
      .values({ id: 'a', name: 'a', ...USER })
      .execute();
    const row = await database.db.selectFrom('users').selectAll().executeTakeFirstOrThrow();
    expect(row).toEqual({ id: 'a', name: 'a', ...USER });
  });

  test('what is stored is there after closing and opening', async () => {
    await database.close();
    database = await place.open();
    await pingDatabase(database.db);
    expect(await database.db.selectFrom('users').select('id').execute()).toEqual([{ id: 'a' }]);
  });

  test('a transaction that throws leaves nothing', async () => {
    const doomed = database.db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('users')
        .values({ id: 'b', name: 'b', ...USER })
        .execute();
      throw new Error('no');
    });
    await expect(doomed).rejects.toThrow('no');
    expect(await database.db.selectFrom('users').select('id').execute()).toHaveLength(1);
  });

  test('names are unique and references lead somewhere', async () => {
    const again = database.db
      .insertInto('users')
      .values({ id: 'c', name: 'a', ...USER })
      .execute();
    await expect(again).rejects.toThrow(/unique/i);
    const nowhere = { group_id: 'none', user_id: 'a' };
    const member = database.db.insertInto('group_members').values(nowhere).execute();
    await expect(member).rejects.toThrow(/foreign key/i);
  });

  test('a second server', async () => {
    if (kind === 'sqlite') {
      await expect(place.open()).rejects.toMatchObject({ code: 'server_running' });
      return;
    }
    const second = await place.open();
    expect(await second.db.selectFrom('users').select('id').execute()).toHaveLength(1);
    await second.close();
  });
});

test('a server that was killed leaves the database free, and only its owner can read it', async () => {
  const { place, remove } = await makeDatabase('sqlite');
  onTestFinished(remove);
  const program = `
    const { openDatabase } = await import(${JSON.stringify(join(import.meta.dirname, 'open-database.ts'))});
    await openDatabase(${JSON.stringify(place)});
    console.log('open');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  await expect(openDatabase(place)).rejects.toMatchObject({ code: 'server_running' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  await sleep(1);
  const database = await openDatabase(place);
  expect((await stat(join(place.stateDir, 'server.db'))).mode & 0o777).toBe(0o600);
  await database.close();
});

test('a database that does not answer is named as such', async () => {
  const databaseUrl = 'postgres://nobody@localhost/none?host=/nonexistent';
  await expect(openDatabase({ stateDir: '/nonexistent', databaseUrl })).rejects.toMatchObject({
    code: 'database_refused',
  });
});
