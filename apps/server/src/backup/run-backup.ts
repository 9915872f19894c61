import { SallyportError } from '@sallyport/contract/errors';
import type { ServerConfig } from '../config.ts';
import { openBeside, openDatabase } from '../db/open-database.ts';
import { REAL_WORLD } from '../ids.ts';
import { backup, restore } from './backup.ts';

type Place = Pick<ServerConfig, 'stateDir' | 'databaseUrl'>;

/** `sallyport backup FILE`: also beside a server that runs. @returns the exit code */
export async function runBackup(file: string | undefined, place: Place): Promise<number> {
  const target = given(file);
  const { db, kind, close } = await openBeside(place);
  try {
    const isPostgres = kind === 'postgres';
    const rows = await backup(db, { file: target, now: REAL_WORLD.now(), isPostgres });
    process.stdout.write(`${target}: ${rows} rows. It holds hashes of secrets; keep it private.\n`);
    return 0;
  } finally {
    await close();
  }
}

/** `sallyport restore FILE`: into a database without users, while no server uses it. @returns the exit code */
export async function runRestore(file: string | undefined, place: Place): Promise<number> {
  const source = given(file);
  const { db, close } = await openDatabase(place);
  try {
    const rows = await restore(db, { file: source, now: REAL_WORLD.now() });
    process.stdout.write(`${rows} rows restored. Everybody has to sign in anew.\n`);
    return 0;
  } finally {
    await close();
  }
}

function given(file: string | undefined): string {
  if (file !== undefined) return file;
  throw new SallyportError('invalid_input', 'FILE is missing.', {
    remedy: 'For example: sallyport backup sallyport.backup',
  });
}
