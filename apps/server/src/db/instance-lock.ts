import { DatabaseSync } from 'node:sqlite';
import { SallyportError } from '@sallyport/contract/errors';

const SQLITE_BUSY = 5;

/**
 * Holds `file` for this process, by a transaction that is never ended. SQLite's locks are fcntl
 * locks: the kernel drops them when the process dies, however it dies, and they hold between
 * containers that share the directory. It is not the database's own file, so that copying and
 * reading the database beside a running server stays possible.
 * @throws SallyportError `server_running`
 */
export function acquireInstanceLock(file: string): { readonly release: () => void } {
  const lock = new DatabaseSync(file);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { readonly errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new SallyportError('server_running', `Another server uses the database beside ${file}.`, {
      remedy:
        'Stop the other server, give this one a state directory of its own, or set DATABASE_URL: ' +
        'several servers can share PostgreSQL.',
    });
  }
  return { release: () => lock.close() };
}
