import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLock } from './installed.mjs';
import { runNpmCi } from './npm.mjs';

/** TypeScript without flags and without warnings; the LTS line that the project is tested with. */
const NEEDED_MAJOR = 24;
/** The package that holds the program, see docs/adr/0002. */
const PACKAGE = `node-${process.platform}-${process.arch}`;

/**
 * The Node.js that tasks run under: the project's own, or the machine's where npm has none for it.
 * Not `node_modules/.bin/node`: npm 10 leaves that link out, because the package for the other
 * processor claims it too and comes first.
 * @param {string} root folder of the project
 * @returns {string} path of the program
 */
export function findNode(root) {
  const own = join(root, 'node_modules', PACKAGE, 'bin/node');
  if (existsSync(own)) return own;
  if (isNewEnough()) return process.execPath;
  throw new Error(
    `Node.js ${NEEDED_MAJOR} or later is needed, this is ${process.version}, and npm has none for ` +
      `${process.platform} ${process.arch}. Install one by the machine's own means.`,
  );
}

/**
 * Runs `work` with a Node.js for npm itself. It has to be the one that the packages will run under,
 * because npm leaves out optional packages that want a newer Node.js than npm's, among them the
 * native parts of the test runner. It must not lie in node_modules, which `npm ci` empties first.
 * @param {string} root folder of the project
 * @param {(node: string) => Promise<void>} work
 */
export async function withNode(root, work) {
  const own = join('node_modules', PACKAGE);
  const entry = readLock(join(root, 'package-lock.json'))?.[own];
  const isOurs = process.execPath.startsWith(join(root, 'node_modules'));
  if ((isNewEnough() && !isOurs) || entry === undefined) return work(process.execPath);
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-node-'));
  try {
    // The same version with the same hash as in the project's lock file, and the same registry.
    const manifest = { name: 'node', version: '0.0.0', dependencies: { [PACKAGE]: entry.version } };
    const packages = { '': manifest, [own]: entry };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    writeFileSync(
      join(folder, 'package-lock.json'),
      JSON.stringify({ ...manifest, lockfileVersion: 3, packages }),
    );
    if (existsSync(join(root, '.npmrc')))
      copyFileSync(join(root, '.npmrc'), join(folder, '.npmrc'));
    await runNpmCi(folder, process.execPath);
    await work(join(folder, own, 'bin/node'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR;
}
