import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { observeProcess } from '@sallyport/lab/process/identity';
import { run, tryRun } from '@sallyport/lab/process/run';
import { buildRootfs, type Progress } from './build.ts';
import { hashRecipe, type ImageSettings, readSettings } from './recipe.ts';

/** Where made images are kept, for all checkouts of this machine. */
const CACHE = '/var/cache/sallyport-images';
/** An image that nobody has used for so long is removed: each takes a gigabyte. */
const KEPT_MS = 7 * 86_400_000;

/** The image's files in the cache. */
export interface DesktopTar {
  readonly file: string;
  /** Of all that it is made from: the tag of the image. */
  readonly recipe: string;
}

/**
 * The image's files, made when there are none for this recipe. Two makers at once end with one of two
 * whole files, of which either will do.
 * @throws Error where it can't be made
 */
export async function ensureDesktopTar(
  progress: Progress,
  { fresh = false }: { readonly fresh?: boolean } = {},
): Promise<DesktopTar> {
  const recipe = await hashRecipe();
  const file = join(CACHE, `desktop-${recipe}.tar`);
  const now = new Date();
  if (fresh || !(await stat(file).catch(() => null))) await make(file, progress);
  await utimes(file, now, now);
  return { file, recipe };
}

async function make(file: string, progress: Progress): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  await tidy();
  const work = await mkdtemp(join(CACHE, `build-${process.pid}-`));
  try {
    const tar = join(work, 'desktop.tar');
    await buildRootfs(tar, progress);
    await rename(tar, file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Removes what makers that were killed have left, and images that are not used any more. */
async function tidy(): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const path = join(CACHE, name);
    const pid = /^build-(\d+)-/.exec(name)?.[1];
    const isDead = pid !== undefined && observeProcess(Number(pid)) === undefined;
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (isDead || (pid === undefined && age > KEPT_MS)) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/**
 * Brings the image into an engine, unless it is there, and answers its name.
 * @param dockerHost such as `unix:///var/run/docker.sock`
 */
export async function ensureDesktopImage(
  dockerHost: string,
  progress: Progress,
  options: { readonly fresh?: boolean } = {},
): Promise<string> {
  const settings = await readSettings();
  const { file, recipe } = await ensureDesktopTar(progress, options);
  const docker = ['--host', dockerHost];
  const tagged = `${settings.name}:${recipe}`;
  const name = `${settings.name}:latest`;
  const isThere = (await tryRun('docker', [...docker, 'image', 'inspect', tagged])).code === 0;
  if (!isThere || options.fresh === true) {
    progress(`bringing ${name} into Docker`);
    const changes = changesOf(settings).flatMap((change) => ['--change', change]);
    await run('docker', [...docker, 'import', ...changes, file, tagged], { timeoutMs: 300_000 });
  }
  await run('docker', [...docker, 'tag', tagged, name]);
  return name;
}

/** The settings as instructions of a Dockerfile. */
export function changesOf(settings: ImageSettings): readonly string[] {
  return [
    ...Object.entries(settings.env).map(([name, value]) => `ENV ${name}=${value}`),
    `USER ${settings.user}`,
    `WORKDIR ${settings.workdir}`,
    `EXPOSE ${settings.expose}`,
    `ENTRYPOINT ${JSON.stringify(settings.entrypoint).replaceAll('","', '", "')}`,
  ];
}
