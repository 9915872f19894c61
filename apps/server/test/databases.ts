import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ensurePackages } from '@sallyport/lab/debian/packages';
import { type OpenDatabase, openDatabase } from '../src/db/open-database.ts';

export const KINDS = ['sqlite', 'postgres'] as const;
export type Kind = (typeof KINDS)[number];

/** A database of one kind, which the tests fill and close. */
export interface TestDatabase {
  readonly place: { readonly stateDir: string; readonly databaseUrl: string | null };
  readonly open: () => Promise<OpenDatabase>;
  readonly remove: () => Promise<void>;
}

const START_MS = 30_000;
const run = promisify(execFile);

export async function makeDatabase(kind: Kind): Promise<TestDatabase> {
  const stateDir = await mkdtemp(join(tmpdir(), 'sallyport-server-'));
  const server = kind === 'postgres' ? await startPostgres() : null;
  const place = { stateDir, databaseUrl: server?.url ?? null };
  return {
    place,
    open: () => openDatabase(place),
    remove: async () => {
      await server?.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

const POSTGRES = '/usr/lib/postgresql';

/** Debian keeps the server's programs outside the search path, by version. */
async function findPrograms(): Promise<string> {
  const found = await newestVersion();
  if (found !== undefined) return join(POSTGRES, found, 'bin');
  await ensurePackages({
    progress: (line) => process.stderr.write(`${line}\n`),
    programs: { pg_ctlcluster: ['postgresql'] },
  });
  const installed = await newestVersion();
  if (installed === undefined) throw new Error(`the package postgresql left ${POSTGRES} empty`);
  return join(POSTGRES, installed, 'bin');
}

async function newestVersion(): Promise<string | undefined> {
  const versions = await readdir(POSTGRES).catch(() => []);
  return versions.toSorted((a, b) => Number(b) - Number(a))[0];
}

/** PostgreSQL refuses to run as root: then it runs as the user that Debian's package makes. */
async function unprivileged(): Promise<{ readonly uid: number; readonly gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  const line = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .find((text) => text.startsWith('postgres:'));
  if (line === undefined) throw new Error('the user postgres is missing: install postgresql');
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** A real server of its own on a unix socket in a temporary directory; no port is opened. */
async function startPostgres(): Promise<{
  readonly url: string;
  readonly stop: () => Promise<void>;
}> {
  const programs = await findPrograms();
  const user = await unprivileged();
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-pg-'));
  if (user !== null) await chown(directory, user.uid, user.gid);
  const data = join(directory, 'data');
  const options = { ...user, cwd: directory, env: { LC_ALL: 'C', PATH: programs } };
  const initial = ['-D', data, '-U', 'sallyport', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  await run(join(programs, 'initdb'), initial, { ...options, timeout: START_MS });
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-k', directory, '-c', 'listen_addresses=', '-c', 'fsync=off'],
    { ...options, stdio: 'ignore' },
  );
  const stop = async (): Promise<void> => {
    await end(server);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(join(data, 'postmaster.pid'), server);
  } catch (error) {
    await stop();
    throw error;
  }
  const url = `postgres://sallyport@localhost/postgres?host=${encodeURIComponent(directory)}`;
  return { url, stop };
}

/** The socket is there before the server takes queries; its own pid file says when it does. */
async function waitUntilReady(pidFile: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (!/^ready\s*$/m.test(await readFile(pidFile, 'utf8').catch(() => ''))) {
    if (server.exitCode !== null) throw new Error('PostgreSQL ended at its start');
    if (Date.now() > deadline) throw new Error('PostgreSQL did not start in time');
    await sleep(50);
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  // SIGINT is PostgreSQL's fast shutdown: open connections are cut.
  server.kill('SIGINT');
  await ended;
}
