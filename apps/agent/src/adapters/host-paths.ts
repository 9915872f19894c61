import { realpath, stat } from 'node:fs/promises';
import type { HostPath } from '../ports/host-paths.ts';

/** See {@link file://../ports/host-paths.ts}. */
export async function resolveHostPath(given: string): Promise<HostPath | null> {
  try {
    const path = await realpath(given);
    const found = await stat(path);
    return { path, kind: found.isDirectory() ? 'directory' : found.isFile() ? 'file' : 'other' };
  } catch {
    return null;
  }
}
