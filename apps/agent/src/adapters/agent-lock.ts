import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { SallyportError } from '@sallyport/contract/errors';

/** Of root, and not seen by containers, which see the host's network namespace at the most. */
const LOCK_DIRECTORY = '/run/sallyport';
/** flock(1): somebody else has it. */
const TAKEN = 1;
const TIMEOUT_MS = 5_000;

export interface AgentLock {
  release(): void;
}

/**
 * One agent for each network namespace: a file that only root can open, named after the namespace and
 * locked by flock(2). The kernel takes the lock back when its process dies; the file stays and says
 * nothing by itself. See docs/adr/0010.
 * @throws SallyportError `agent_running`; `host_refused` without the permission or without flock(1)
 */
export function acquireAgentLock(directory = LOCK_DIRECTORY): AgentLock {
  // `net:[4026531840]`: the kernel's own name of the namespace.
  const namespace = readlinkSync('/proc/self/ns/net').replace(/\D/g, '');
  const path = join(directory, `agent-${namespace}.lock`);
  const file = openLockFile(directory, path);
  try {
    if (!lock(file)) throw alreadyRuns(path);
    ftruncateSync(file);
    writeSync(file, `${process.pid}\n`, 0);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return { release: () => closeSync(file) };
}

function openLockFile(directory: string, path: string): number {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    throw new SallyportError('host_refused', `The agent can not take its lock: ${message}`, {
      remedy: `Run it as root, and see that ${directory} can be written.`,
      cause: error,
    });
  }
}

/**
 * Node.js has no flock(2). The lock belongs to the open file and not to the process that asked for it,
 * so flock(1) may ask for us with our file as its descriptor 3, and end.
 */
function lock(file: number): boolean {
  const { status, error, signal } = spawnSync('flock', ['--exclusive', '--nonblock', '3'], {
    stdio: ['ignore', 'ignore', 'ignore', file],
    env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  if (status === 0 || status === TAKEN) return status === 0;
  const why = error?.message ?? signal ?? `exit code ${status}`;
  throw new SallyportError('host_refused', `The agent can not take its lock: flock: ${why}`, {
    remedy: 'See that util-linux is installed: apt-get install util-linux',
  });
}

function alreadyRuns(path: string): SallyportError {
  const holder = readFileSync(path, 'utf8').trim();
  const who = holder === '' ? '' : ` (process ${holder})`;
  return new SallyportError(
    'agent_running',
    `An agent runs already in this network namespace${who}.`,
    { remedy: 'Stop it first: systemctl stop sallyport-agent, or end its process.' },
  );
}
