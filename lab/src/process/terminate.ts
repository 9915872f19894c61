import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from './identity.ts';

/** Sends a signal to exactly this process; false when it is gone already. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Waits until all of them are gone; false when the time is over first. */
export async function waitForExit(
  identities: readonly ProcessIdentity[],
  timeoutMs: number,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (!identities.some(isAlive)) return true;
    if (Date.now() >= deadline) return false;
    await sleep(10);
  }
}

/** SIGTERM, then SIGKILL to those that are still there after `graceMs`. */
export async function terminate(identity: ProcessIdentity, graceMs: number): Promise<void> {
  // A stopped process (SIGSTOP) would not see SIGTERM.
  signalProcess(identity, 'SIGCONT');
  signalProcess(identity, 'SIGTERM');
  if (await waitForExit([identity], graceMs)) return;
  signalProcess(identity, 'SIGKILL');
  if (!(await waitForExit([identity], 10_000))) {
    throw new Error(`process ${String(identity.pid)} does not end, even after SIGKILL`);
  }
}
