import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../../bin/sallyport', import.meta.url));
/** Longer than either needs to end in order. */
const GRACE_MS = 15_000;

/** A part of Sallyport that runs for as long as `sallyport up` does. */
export interface Part {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when it has ended, however it came to that. */
  readonly ended: Promise<void>;
  readonly running: () => boolean;
  /** SIGTERM, and SIGKILL where that does not help. */
  readonly stop: () => Promise<void>;
  /** The last lines of its log. */
  readonly lastWords: () => Promise<string>;
}

interface PartOptions {
  readonly args: readonly string[];
  readonly logFile: string;
  readonly uid?: number;
  readonly gid: number;
}

/**
 * Starts a part in a process group of its own: Ctrl-C in the terminal must not reach it, so that both can
 * be ended in order.
 */
export async function startPart({ args, logFile, uid, gid }: PartOptions): Promise<Part> {
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(PROGRAM, [...args], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    gid,
    ...(uid !== undefined && { uid }),
  });
  const ended = once(child, 'exit').then(() => undefined);
  await once(child, 'spawn');
  const log = createWriteStream(logFile, { mode: 0o600 });
  child.stderr.pipe(log);
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    running,
    stop: async () => {
      if (running()) child.kill('SIGTERM');
      const waiting = new AbortController();
      const patience = sleep(GRACE_MS, true, { signal: waiting.signal }).catch(() => false);
      const late = await Promise.race([ended.then(() => false), patience]);
      waiting.abort();
      if (late && running()) child.kill('SIGKILL');
      await ended;
    },
    lastWords: async () => {
      const text = await readFile(logFile, 'utf8').catch(() => '');
      return text.trim().split('\n').slice(-5).join('\n');
    },
  };
}
