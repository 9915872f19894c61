import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../process/run.ts';

/** Reports a step of the build. */
export type Progress = (line: string) => void;

/**
 * The packages that Python needs to start, without those that only a part of its
 * library needs (OpenSSL, SQLite, readline…): the programs of the image don't.
 */
function planPackages(python: string): readonly string[] {
  return [
    'python3-minimal',
    `${python}-minimal`,
    `lib${python}-minimal`,
    `lib${python}-stdlib`,
    'libc6',
    'libexpat1',
    'zlib1g',
  ];
}

/** The name of Debian's Python, such as `python3.11`, by what python3-minimal depends on. */
async function observePython(): Promise<string> {
  const { stdout } = await run('apt-cache', ['depends', 'python3-minimal']);
  const name = /Depends: (python3\.\d+)-minimal/.exec(stdout)?.[1];
  if (name === undefined) throw new Error('apt-cache knows no python3-minimal');
  return name;
}

async function tryDownload(directory: string): Promise<void> {
  const packages = planPackages(await observePython());
  // Without the sandbox user: it can't write into a directory of root, and apt says so each time.
  const options = ['-o', 'APT::Sandbox::User=root', '-q'];
  await run('apt-get', [...options, 'download', ...packages], {
    cwd: directory,
    timeoutMs: 300_000,
  });
}

/** Fetches the image's packages into a directory and returns the files. */
export async function downloadPackages(
  directory: string,
  progress: Progress,
): Promise<readonly string[]> {
  try {
    await tryDownload(directory);
  } catch {
    // Package lists that are missing or too old name files that the mirror no longer has.
    progress('  reading the package lists');
    await run('apt-get', ['update', '-q'], { timeoutMs: 300_000 });
    await tryDownload(directory);
  }
  const files = await readdir(directory);
  return files.filter((file) => file.endsWith('.deb')).map((file) => join(directory, file));
}
