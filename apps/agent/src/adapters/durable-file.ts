import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Puts a file in place so that after a crash either the old or the new content is there, whole, and
 * the new one for certain once this has returned: the content is on disk before the name points to
 * it, and the name is on disk before we say so (fsync(2) of the directory).
 */
export async function writeDurably(path: string, content: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** null where there is no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
