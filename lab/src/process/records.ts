import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from './identity.ts';

/** Reads a process identity that another process has written. */
export function parseProcessIdentity(value: unknown): ProcessIdentity {
  if (typeof value === 'object' && value !== null && 'pid' in value && 'startTime' in value) {
    const { pid, startTime } = value;
    if (typeof pid === 'number' && Number.isInteger(pid) && typeof startTime === 'string') {
      return { pid, startTime };
    }
  }
  throw new Error('not a process record');
}

const directory = (runDir: string): string => join(runDir, 'processes');

/** Writes down a process of the lab, so that a later command finds and ends it. */
export async function recordProcess(
  runDir: string,
  role: string,
  identity: ProcessIdentity,
): Promise<void> {
  await mkdir(directory(runDir), { recursive: true });
  await writeFile(join(directory(runDir), `${role}.json`), JSON.stringify(identity));
}

/** Every recorded process by its role. A half-written record is passed over. */
export async function observeRecords(
  runDir: string,
): Promise<Readonly<Record<string, ProcessIdentity>>> {
  const files = await readdir(directory(runDir)).catch(() => []);
  const records: Record<string, ProcessIdentity> = {};
  for (const file of files) {
    try {
      const text = await readFile(join(directory(runDir), file), 'utf8');
      records[file.replace(/\.json$/, '')] = parseProcessIdentity(JSON.parse(text));
    } catch {
      // Its process is still found by its namespace.
    }
  }
  return records;
}
