import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePackages } from '@sallyport/lab/debian/packages';
import { run } from '@sallyport/lab/process/run';
import { desktopFolder, readPackages, readSuite } from './recipe.ts';

/** Reports a step. */
export type Progress = (line: string) => void;

/** Fetching some 300 MB of packages over a slow line takes its time. */
const TIMEOUT_MS = 1_800_000;

/** Where Debian keeps the addresses of its mirrors; the image takes the machine's own. */
const SOURCES = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'];

/**
 * Makes the image's files from Debian packages alone, as a tar, without a registry and without Docker.
 * @throws Error where the packages can't be fetched, or not as root
 */
export async function buildRootfs(tar: string, progress: Progress): Promise<void> {
  await ensurePackages({ progress, programs: { mmdebstrap: ['mmdebstrap'] } });
  const packages = await readPackages();
  const folder = desktopFolder;
  progress(`making the desktop image from ${packages.length} packages and what they need`);
  await run(
    'mmdebstrap',
    [
      '--mode=root',
      '--variant=minbase',
      `--include=${packages.join(',')}`,
      '--aptopt=Apt::Install-Recommends "false"',
      '--dpkgopt=path-exclude=/usr/share/man/*',
      `--customize-hook=copy-in ${join(folder, 'setup.sh')} /tmp`,
      '--customize-hook=chroot "$1" sh /tmp/setup.sh',
      '--customize-hook=rm "$1/tmp/setup.sh"',
      `--customize-hook=sync-in ${join(folder, 'files')} /`,
      await readSuite(),
      tar,
      ...(await ownSources()),
    ],
    { timeoutMs: TIMEOUT_MS, onOutput: renderSteps(progress) },
  );
}

async function ownSources(): Promise<readonly string[]> {
  const there = await Promise.all(
    SOURCES.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return SOURCES.filter((_, index) => there[index]).slice(0, 1);
}

/** mmdebstrap tells its steps as `I: …`; what apt and dpkg say besides is for nobody. */
function renderSteps(progress: Progress): (chunk: string) => void {
  return (chunk) => {
    for (const [, step = ''] of chunk.matchAll(
      /^I: ((?:downloading|installing|extracting|creating).*)$/gm,
    ))
      progress(`  ${step}`);
  };
}
