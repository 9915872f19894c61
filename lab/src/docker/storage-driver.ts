import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tryRun } from '../process/run.ts';
import type { StorageDriver } from './configuration.ts';

/**
 * overlay2 where an overlay can be mounted below this directory, else vfs: an
 * overlay on an overlay, as in a container, is refused by the kernel.
 */
export async function observeStorageDriver(directory: string): Promise<StorageDriver> {
  const trial = join(directory, 'overlay-trial');
  const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map((part) =>
    join(trial, part),
  ) as [string, string, string, string];
  try {
    await Promise.all([lower, upper, work, merged].map((path) => mkdir(path, { recursive: true })));
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    const mounted = await tryRun('mount', ['-t', 'overlay', 'overlay', '-o', options, merged]);
    if (mounted.code !== 0) return 'vfs';
    await tryRun('umount', [merged]);
    return 'overlay2';
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
}
