import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runAndPass } from './pass.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, resolved?: string, link?: boolean, optional?: boolean }} Entry
 * @typedef {{ packages?: Record<string, Entry> }} LockFile
 */

const TELL_EVERY_MS = 5_000;
const ASK_AGAIN_MS = 500;

/**
 * Runs `npm ci` when what is installed is not what the lock file says; otherwise costs some
 * milliseconds. Two at once: one installs, the other waits for it.
 * @param {string} root folder of the project
 */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return;
  const release = await acquireInstallLock(root);
  try {
    if (!isInstalled(root)) await install(root);
  } finally {
    release();
  }
}

/**
 * npm writes node_modules/.package-lock.json as the last thing of an installation. It tells what is
 * there by version and hash, however it came there (`npm ci`, `npm install`), so no stamp of our own
 * is needed, and an interrupted installation is found out.
 * @param {string} root
 */
function isInstalled(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules/.package-lock.json'));
  if (wanted === undefined) throw new Error('package-lock.json is missing or damaged');
  if (present === undefined) return false;
  return Object.entries(wanted)
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, { version, integrity, resolved, link, optional }]) => {
      const there = present[path];
      // Optional packages for other processors and systems are left out.
      if (there === undefined) return optional === true;
      if (link === true) return there.resolved === resolved;
      return there.version === version && there.integrity === integrity;
    });
}

/**
 * The part of a lock file that tells what is installed: path to entry.
 * @param {string} path
 * @returns {LockFile['packages']} undefined where it can't be read
 */
function readPackages(path) {
  try {
    const lock = /** @type {unknown} */ (JSON.parse(readFileSync(path, 'utf8')));
    return /** @type {LockFile} */ (lock).packages;
  } catch {
    return undefined;
  }
}

/**
 * A lock that can not be left behind: an abstract Unix socket (unix(7)) belongs to its process, and
 * the kernel frees it at the process's end, however it ends.
 * @param {string} root
 * @returns {Promise<() => void>} what releases it
 */
async function acquireInstallLock(root) {
  const name = `\0sallyport-install-${createHash('sha256').update(root).digest('hex').slice(0, 32)}`;
  for (let told = false; ; told = true) {
    const server = createServer();
    const acquired = await /** @type {Promise<boolean>} */ (
      new Promise((resolve, reject) => {
        server.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
          error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
        );
        server.listen(name, () => resolve(true));
      })
    );
    if (acquired) return () => server.close();
    if (!told) tell('another installation is under way; waiting for it');
    await sleep(ASK_AGAIN_MS);
  }
}

/** @param {string} root */
async function install(root) {
  const packages = Object.keys(readPackages(join(root, 'package-lock.json')) ?? {}).filter((path) =>
    path.startsWith('node_modules/'),
  );
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
  tell('npm ci: Node.js 24 and the libraries, into node_modules');
  const timer = setInterval(() => {
    const there = packages.filter((path) => existsSync(join(root, path, 'package.json'))).length;
    tell(`${there} packages unpacked, ${seconds()}`);
  }, TELL_EVERY_MS);
  try {
    await runNpmCi(root);
  } finally {
    clearInterval(timer);
  }
  tell(`done in ${seconds()}`);
}

/**
 * Errors alone are printed: npm warns that the machine's Node.js is older than the one it brings.
 * @param {string} root
 */
async function runNpmCi(root) {
  const [program, args] = findNpm(root);
  const options = ['ci', '--include=dev', '--include=optional', '--loglevel=error'];
  const code = await runAndPass(program, [...args, ...options], {
    cwd: root,
    // npm's account of what it did is not this task's output.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, PATH: pathWithout(root) },
  });
  if (code !== 0) throw new Error(`npm ci failed with exit code ${code}`);
}

/**
 * The npm that started this task, else the one in the search path.
 * @param {string} root
 * @returns {[program: string, args: string[]]}
 */
function findNpm(root) {
  const { npm_node_execpath: node, npm_execpath: npm } = process.env;
  const own = join(root, 'node_modules');
  // `npm ci` empties node_modules first: what runs it must not lie there.
  if (node && npm && !node.startsWith(own) && existsSync(node)) return [node, [npm]];
  return ['npm', []];
}

/**
 * npm run puts node_modules/.bin first, where an old or half-made installation may lie.
 * @param {string} root
 */
function pathWithout(root) {
  const own = join(root, 'node_modules');
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((directory) => !directory.startsWith(own))
    .join(delimiter);
}

/** @param {string} line */
function tell(line) {
  process.stderr.write(`[install] ${line}\n`);
}
