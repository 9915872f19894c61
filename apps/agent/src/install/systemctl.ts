import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ProgramError } from '../adapters/run.ts';

const TIMEOUT_MS = 60_000;

/** Whether this system is run by systemd now (sd_booted(3)). */
export function isBooted(): boolean {
  return existsSync('/run/systemd/system');
}

/** @throws ProgramError when it says no or is missing */
export function systemctl(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('systemctl', args, {
    timeout: TIMEOUT_MS,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status === 0) return;
  const why = error?.message ?? stderr.trim();
  throw new ProgramError(`systemctl ${args.join(' ')}: ${why}`, {
    program: 'systemctl',
    args,
    code: status,
    stderr: stderr ?? '',
  });
}
