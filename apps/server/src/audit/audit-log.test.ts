import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KINDS, makeDatabase, type TestDatabase } from '../../test/databases.ts';
import type { OpenDatabase } from '../db/open-database.ts';
import { appendAudit, searchAudit, verifyAudit } from './audit-log.ts';

describe.each(KINDS)('%s', (kind) => {
  let place: TestDatabase;
  let database: OpenDatabase;
  beforeEach(async () => {
    place = await makeDatabase(kind);
    database = await place.open();
  }, 300_000);
  afterEach(async () => {
    await database?.close();
    await place?.remove();
  });

  const write = (at: number, actor: string, objectId: string): Promise<void> =>
    database.db.transaction().execute((transaction) =>
      appendAudit(transaction, at, {
        actor: { id: `id-${actor}`, name: actor, source: '192.0.2.1' },
        action: 'user.created',
        objectType: 'user',
        objectId,
      }),
    );

  test('a chain that many write at once is without gaps and intact', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => write(index, 'anna', `o${index}`)));
    expect(await verifyAudit(database.db, null)).toMatchObject({ intact: true, entries: 40 });
  });

  test('every kind of tampering is found, and where', async () => {
    for (let index = 1; index <= 5; index += 1) await write(index, 'anna', `o${index}`);
    const { head } = await verifyAudit(database.db, null);
    const { db } = database;
    await db.updateTable('audit').set({ actor_name: 'bert' }).where('seq', '=', 3).execute();
    expect(await verifyAudit(db, null)).toMatchObject({
      intact: false,
      entries: 2,
      reason: 'Entry 3 was changed after it was written.',
    });
    await db.deleteFrom('audit').where('seq', '=', 3).execute();
    expect((await verifyAudit(db, null)).reason).toBe('Entry 3 is missing.');
    await db.updateTable('audit').set({ seq: 3 }).where('seq', '=', 4).execute();
    expect((await verifyAudit(db, null)).reason).toBe(
      'Entry 3 does not follow from the one before it.',
    );
    await db.deleteFrom('audit').where('seq', '>', 2).execute();
    expect(await verifyAudit(db, null)).toMatchObject({ intact: true, entries: 2 });
    expect(await verifyAudit(db, head)).toMatchObject({ intact: false, entries: 2 });
  });

  test('is searched by time, actor and object, and read on from where a page ended', async () => {
    for (let index = 1; index <= 6; index += 1) {
      await write(index * 10, index % 2 === 0 ? 'anna' : 'bert', `o${index}`);
    }
    const found = async (query: Parameters<typeof searchAudit>[1]): Promise<readonly number[]> =>
      (await searchAudit(database.db, query)).map(({ seq }) => seq);
    expect(await found({ limit: 2 })).toEqual([6, 5]);
    expect(await found({ limit: 2, before: 5 })).toEqual([4, 3]);
    expect(await found({ limit: 9, from: 20, to: 40 })).toEqual([3, 2]);
    expect(await found({ limit: 9, actor: 'anna' })).toEqual([6, 4, 2]);
    expect(await found({ limit: 9, actor: 'id-bert' })).toEqual([5, 3, 1]);
    expect(await found({ limit: 9, object: 'o4' })).toEqual([4]);
  });
});
