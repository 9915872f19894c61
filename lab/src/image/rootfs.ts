import {
  chmod,
  copyFile,
  cp,
  lstat,
  mkdir,
  readdir,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../process/run.ts';
import { trafficDirectory } from './recipe.ts';

/** Parts of packages that nothing in the image uses. */
const UNUSED = [
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'usr/share/lintian',
  'usr/share/applications',
  'usr/share/pixmaps',
  'usr/share/binfmts',
];

/** Directories of Python's library that no program of the image imports. */
const UNUSED_PYTHON =
  /^(test|lib2to3|idlelib|ensurepip|distutils|pydoc_data|tkinter|unittest|xmlrpc|wsgiref|sqlite3|curses|dbm|config-.*)$/;

const TRAFFIC = `#!/usr/bin/python3 -IS
import sys

sys.path.insert(0, "/usr/local/lib")
from traffic.__main__ import main

sys.exit(main())
`;

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Debian 13's packages hold /usr/lib only; the loader's path needs /lib and /lib64. */
async function linkTopDirectories(root: string): Promise<void> {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(root, 'usr', name), { recursive: true });
    if (!(await exists(join(root, name)))) await symlink(`usr/${name}`, join(root, name));
  }
}

async function removeUnused(root: string): Promise<void> {
  const force = { recursive: true, force: true };
  await Promise.all(UNUSED.map((path) => rm(join(root, path), force)));
  const libraries = join(root, 'usr', 'lib');
  for (const entry of await readdir(libraries)) {
    if (!entry.startsWith('python3.')) continue;
    const python = join(libraries, entry);
    const names = (await readdir(python)).filter((name) => UNUSED_PYTHON.test(name));
    await Promise.all(names.map((name) => rm(join(python, name), force)));
  }
  // Converters between character sets: 8 MB that only iconv opens.
  const found = await run('find', [root, '-type', 'd', '-name', 'gconv']);
  const directories = found.stdout.split('\n').filter((line) => line !== '');
  await Promise.all(directories.map((path) => rm(path, force)));
}

async function installBusybox(root: string): Promise<void> {
  const binary = join(root, 'bin', 'busybox');
  await copyFile('/bin/busybox', binary);
  await chmod(binary, 0o755);
  const { stdout } = await run(binary, ['--list']);
  for (const applet of stdout.split('\n')) {
    // The static binary's wget crashes (exit 139); nobody should fall into that.
    if (applet === '' || applet === 'busybox' || applet === 'wget') continue;
    const path = join(root, 'bin', applet);
    if (!(await exists(path))) await symlink('busybox', path);
  }
}

async function installTraffic(root: string): Promise<void> {
  await cp(trafficDirectory, join(root, 'usr', 'local', 'lib', 'traffic'), {
    recursive: true,
    filter: (path) => !path.includes('__pycache__'),
  });
  await mkdir(join(root, 'usr', 'local', 'bin'), { recursive: true });
  const program = join(root, 'usr', 'local', 'bin', 'traffic');
  await writeFile(program, TRAFFIC);
  await chmod(program, 0o755);
}

/** Lays out the image's file system in an empty directory from Debian's packages. */
export async function buildRootfs(root: string, packages: readonly string[]): Promise<void> {
  for (const file of packages) await run('dpkg-deb', ['-x', file, root]);
  await linkTopDirectories(root);
  await removeUnused(root);
  await installBusybox(root);
  await installTraffic(root);
  const directories = ['dev', 'etc', 'proc', 'root', 'run', 'sys', 'tmp', 'var'];
  await Promise.all(directories.map((name) => mkdir(join(root, name), { recursive: true })));
  await chmod(join(root, 'tmp'), 0o1777);
  await writeFile(join(root, 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  await writeFile(join(root, 'etc', 'group'), 'root:x:0:\n');
  // One run proves that the image works, and leaves compiled modules behind: a
  // container then starts its first packet in a third of the time.
  await run('chroot', [root, '/usr/local/bin/traffic', '--help']);
}
