import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { observeProcess } from '../process/identity.ts';
import { run } from '../process/run.ts';
import { imageCache, probeImage } from './names.ts';
import { downloadPackages, type Progress } from './packages.ts';
import { hashRecipe } from './recipe.ts';
import { buildRootfs } from './rootfs.ts';

/** Sleeps for ever and ends at once on SIGTERM, which process 1 ignores unless it has a trap. */
const IDLE = ['/bin/sh', '-c', "trap 'exit 0' TERM INT; sleep 2147483647 & wait"];

/** The image as a tar file in the cache. */
export interface ProbeTar {
  readonly file: string;
  /** Short hash of the tar's content: the tag of the image. */
  readonly contentHash: string;
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex').slice(0, 12);
}

async function findTar(recipe: string): Promise<ProbeTar | undefined> {
  const pattern = new RegExp(`^probe-${recipe}-([0-9a-f]{12})\\.tar$`);
  for (const name of await readdir(imageCache).catch(() => [])) {
    const contentHash = pattern.exec(name)?.[1];
    if (contentHash !== undefined) return { file: join(imageCache, name), contentHash };
  }
  return undefined;
}

/** Removes what builds that were killed have left; the process id is in the name. */
async function removeDeadBuilds(): Promise<void> {
  for (const name of await readdir(imageCache)) {
    const pid = /^build-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || observeProcess(Number(pid)) !== undefined) continue;
    await rm(join(imageCache, name), { recursive: true, force: true });
  }
}

async function buildTar(recipe: string, progress: Progress): Promise<ProbeTar> {
  await mkdir(imageCache, { recursive: true });
  await removeDeadBuilds();
  const work = await mkdtemp(join(imageCache, `build-${String(process.pid)}-`));
  try {
    const packages = join(work, 'packages');
    const root = join(work, 'root');
    const tar = join(work, 'probe.tar');
    await mkdir(packages);
    await mkdir(root);
    progress('building the test image (once on this machine)');
    const files = await downloadPackages(packages, progress);
    await buildRootfs(root, files);
    const owner = ['--numeric-owner', '--owner=0', '--group=0', '--sort=name'];
    await run('tar', [...owner, '-C', root, '-cf', tar, '.'], { timeoutMs: 120_000 });
    const contentHash = await hashFile(tar);
    const file = join(imageCache, `probe-${recipe}-${contentHash}.tar`);
    // Two builds at once end with two whole files, of which either will do.
    await rename(tar, file);
    return { file, contentHash };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * The image's tar from the cache, built when there is none for this recipe.
 *
 * @throws Error when Debian's packages can't be fetched.
 */
export async function ensureProbeTar(progress: Progress): Promise<ProbeTar> {
  const recipe = await hashRecipe();
  return (await findTar(recipe)) ?? (await buildTar(recipe, progress));
}

/** Brings the image into an engine, under its content's hash and as `latest`. */
export async function importProbeImage(dockerSocket: string, tar: ProbeTar): Promise<void> {
  const docker = ['--host', `unix://${dockerSocket}`];
  const name = `${probeImage}:${tar.contentHash}`;
  const changes = ['--change', `CMD ${JSON.stringify(IDLE)}`];
  await run('docker', [...docker, 'import', ...changes, tar.file, name], { timeoutMs: 120_000 });
  await run('docker', [...docker, 'tag', name, `${probeImage}:latest`]);
}
