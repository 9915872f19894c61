import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SallyportError } from '@sallyport/contract/errors';

/** Whom the server runs as. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Of no account, in a range that systemd's table of ids leaves to nobody: not `nobody` itself, whose other
 * processes could then read the database and open the agent's socket.
 */
const NO_ACCOUNT: ServerUser = { uid: 60_800, gid: 60_800 };

/** The user `sallyport` where the machine has one. */
export async function findServerUser(passwd = '/etc/passwd'): Promise<ServerUser> {
  const text = await readFile(passwd, 'utf8').catch(() => '');
  const [, uid, gid] = /^sallyport:[^:]*:(\d+):(\d+):/m.exec(text) ?? [];
  return uid === undefined || uid === '0' ? NO_ACCOUNT : { uid: Number(uid), gid: Number(gid) };
}

/**
 * Makes the server's folder, for its user alone.
 * @throws SallyportError `host_refused` where it belongs to somebody else
 */
export async function ensureServerFolder(folder: string, user: ServerUser): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: 0o755 });
  if (made !== undefined) {
    await chmod(folder, 0o700);
    await chown(folder, user.uid, user.gid);
    return;
  }
  const { uid } = await stat(folder);
  if (uid === user.uid) return;
  throw new SallyportError('host_refused', `${folder} belongs to user ${uid}.`, {
    remedy: `Give it to the server: chown -R ${user.uid}:${user.gid} ${folder}\nor name another: --state-dir DIR`,
  });
}

const PROGRAM = fileURLToPath(new URL('../../../server/src/main.ts', import.meta.url));

/**
 * Whether others than root can read the program: a checkout in /root can't be run by the server's user.
 * @throws SallyportError `host_refused`
 */
export async function assertProgramReadable(program = PROGRAM): Promise<void> {
  for (let path = program; path !== '/'; path = dirname(path)) {
    const { mode } = await stat(path);
    const wanted = path === program ? 0o004 : 0o001;
    if ((mode & wanted) !== 0) continue;
    throw new SallyportError('host_refused', `Only some users can enter or read ${path}.`, {
      remedy:
        'The server runs without privileges and has to read the program: move it, for example to /opt/sallyport.',
    });
  }
}
