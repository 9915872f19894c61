import { readFileSync, readdirSync } from 'node:fs';

/**
 * A process that can't be mistaken for a later one with the same number: the
 * start time (field 22 of /proc/PID/stat, clock ticks since boot) goes with it.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

function statFields(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    // The name, field 2, may hold blanks and brackets: count from its last bracket.
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** The identity of a running process; undefined when it is gone or only a zombie. */
export function observeProcess(pid: number): ProcessIdentity | undefined {
  const fields = statFields(pid);
  const state = fields?.[0];
  const startTime = fields?.[19];
  if (state === undefined || startTime === undefined || state === 'Z' || state === 'X') {
    return undefined;
  }
  return { pid, startTime };
}

/** True while exactly this process runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return observeProcess(identity.pid)?.startTime === identity.startTime;
}

/** Every process id of the machine. */
export function observePids(): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}
