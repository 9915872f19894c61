import type { Db } from './open-database.ts';

/** All of `work` or nothing; inside a transaction as a part of that. */
export function transact<T>(db: Db, work: (transaction: Db) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}
