import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** The folder from which the desktop image is made, by `npm run image` and by its Dockerfile alike. */
export const desktopFolder = join(import.meta.dirname, '..', 'desktop');

const settingsSchema = z.strictObject({
  name: z.string(),
  user: z.string(),
  workdir: z.string(),
  env: z.record(z.string(), z.string()),
  entrypoint: z.array(z.string()),
  expose: z.int(),
});

/** What Docker is told about the image besides its files. */
export type ImageSettings = z.output<typeof settingsSchema>;

export async function readSettings(): Promise<ImageSettings> {
  return settingsSchema.parse(
    JSON.parse(await readFile(join(desktopFolder, 'image.json'), 'utf8')),
  );
}

/** Names of the Debian packages, in the order of the list. */
export async function readPackages(): Promise<readonly string[]> {
  const text = await readFile(join(desktopFolder, 'packages.txt'), 'utf8');
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}

/** The machine's release of Debian, such as `bookworm`, which the image takes too. @throws Error */
export async function readSuite(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1];
  if (/^ID=debian$/m.test(text) && suite !== undefined) return suite;
  throw new Error(
    'the image is made from the Debian packages of a Debian machine; elsewhere: docker build images/desktop',
  );
}

/**
 * A short hash of all that the image is made from, but for the versions that Debian has of its packages
 * on the day: `npm run image -- --fresh` takes the newest.
 */
export async function hashRecipe(): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([await readSuite(), process.arch]));
  const files = await readdir(desktopFolder, { recursive: true });
  for (const file of files.toSorted()) {
    const path = join(desktopFolder, file);
    const { mode } = await stat(path);
    if ((await stat(path)).isFile()) hash.update(`${file} ${mode}\n`).update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 16);
}
