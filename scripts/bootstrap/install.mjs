import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isInstalled, mayBeMissing, readLock } from './installed.mjs';
import { withNode } from './node.mjs';
import { runNpmCi } from './npm.mjs';

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
  const folders = Object.entries(readLock(join(root, 'package-lock.json')) ?? {})
    .filter(
      ([path, entry]) => path.startsWith('node_modules/') && !entry.link && !mayBeMissing(entry),
    )
    .map(([path]) => join(root, path, 'package.json'));
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
  tell('Node.js 24 and the libraries, into node_modules (npm ci)');
  const timer = setInterval(() => {
    const there = folders.filter((path) => existsSync(path)).length;
    tell(`${there} of ${folders.length} packages unpacked, ${seconds()}`);
  }, TELL_EVERY_MS);
  try {
    await withNode(root, (node) => runNpmCi(root, node));
  } finally {
    clearInterval(timer);
  }
  tell(`done in ${seconds()}`);
}

/** @param {string} line */
function tell(line) {
  process.stderr.write(`[install] ${line}\n`);
}
