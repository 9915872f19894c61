import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { observeProcess, type ProcessIdentity } from './identity.ts';

/** A process that outlives the one that started it. */
export interface BackgroundOptions {
  /** Standard output and error are appended to this file. */
  readonly logFile: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/**
 * Starts a process in a session of its own, so that Ctrl-C in the terminal
 * doesn't reach it, with its output in a file.
 *
 * @throws Error when the program can't be started at all.
 */
export async function startInBackground(
  command: string,
  args: readonly string[],
  options: BackgroundOptions,
): Promise<ProcessIdentity> {
  const log = openSync(options.logFile, 'a');
  try {
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, LC_ALL: 'C', ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    await once(child, 'spawn');
    child.unref();
    const pid = child.pid;
    if (pid === undefined) throw new Error(`${command}: no process id`);
    // One that has ended already is reported by whoever waits for it to be ready.
    return observeProcess(pid) ?? { pid, startTime: 'ended' };
  } finally {
    closeSync(log);
  }
}
