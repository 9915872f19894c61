import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder with the programs of the image. */
export const trafficDirectory = join(import.meta.dirname, '..', '..', 'image', 'traffic');

/** Raised when the way in which the image is built changes. */
const RECIPE = 1;

async function release(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^VERSION_ID=.*$/m.exec(text)?.[0] ?? '';
}

/**
 * A short hash of everything that the image is made from on this machine: the
 * recipe, the programs, the release of Debian and the processor.
 */
export async function hashRecipe(): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([RECIPE, await release(), process.arch]));
  for (const file of (await readdir(trafficDirectory)).toSorted()) {
    if (!file.endsWith('.py')) continue;
    hash.update(file).update(await readFile(join(trafficDirectory, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
