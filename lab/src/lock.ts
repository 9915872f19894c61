import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabLayout } from './layout.ts';
import { isAlive, observeProcess, type ProcessIdentity } from './process/identity.ts';
import { parseProcessIdentity } from './process/records.ts';

/** This process, as others will see it. */
export function ownIdentity(): ProcessIdentity {
  const identity = observeProcess(process.pid);
  if (identity === undefined) throw new Error('this process is not in /proc');
  return identity;
}

async function holder(file: string): Promise<ProcessIdentity | undefined> {
  try {
    return parseProcessIdentity(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Runs `action` while no other process puts this lab up or takes it down. A
 * lock whose holder has died is taken over.
 *
 * @throws Error when another process still holds it after a minute.
 */
export async function withLabLock<T>(layout: LabLayout, action: () => Promise<T>): Promise<T> {
  const file = layout.lockFile;
  const self = ownIdentity();
  for (let attempt = 0; ; attempt += 1) {
    await mkdir(dirname(file), { recursive: true });
    try {
      await writeFile(file, JSON.stringify(self), { flag: 'wx' });
      break;
    } catch (error) {
      if (attempt >= 600)
        throw new Error(`lab ${layout.name} is locked: ${file}`, { cause: error });
    }
    await sleep(100);
    const other = await holder(file);
    if (other === undefined || !isAlive(other)) await rm(file, { force: true });
  }
  try {
    return await action();
  } finally {
    await rm(file, { force: true });
    // The directory that all labs share goes with the last of them.
    await rmdir(dirname(file)).catch(() => undefined);
  }
}
