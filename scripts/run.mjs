// Runs a task of the project under the project's own Node.js, installing what is missing first.
// Plain JavaScript without dependencies: this file alone must work with whatever Node.js is there.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = join(root, 'node_modules', '.bin', 'node');
const stamp = join(root, 'node_modules', '.sallyport-installed');
const lock = join(root, '.install-lock');

/** What `npm run NAME -- ARGS` starts. */
const TASKS = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  check: ['scripts/check.mjs'],
  generate: ['scripts/generate.mjs'],
  test: ['scripts/test.mjs'],
  'test:unit': ['scripts/test.mjs', '--project', 'unit'],
  'test:lab': ['scripts/test.mjs', '--project', 'lab'],
  lab: ['lab/src/main.ts'],
  demo: ['demo/src/main.ts'],
  bench: ['bench/src/main.ts'],
};

function lockHash() {
  return createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
}

function isInstalled() {
  return existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash();
}

/** Two tasks that are started at once must not install into the same folder at once. */
async function withInstallLock(work) {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = join(lock, 'pid');
      const pid = existsSync(owner) ? Number(readFileSync(owner, 'utf8')) : 0;
      if (pid > 0 && !existsSync(`/proc/${pid}`)) rmSync(lock, { recursive: true, force: true });
      else await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  try {
    writeFileSync(join(lock, 'pid'), String(process.pid));
    await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function install() {
  if (isInstalled()) return;
  console.error('Installing Node.js 24 and the packages of the project …');
  const begun = Date.now();
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (error !== undefined || status !== 0) {
    console.error(`npm ci failed${error === undefined ? '' : `: ${error.message}`}`);
    process.exit(70);
  }
  writeFileSync(stamp, lockHash());
  console.error(`Installed in ${((Date.now() - begun) / 1000).toFixed(1)} s.`);
}

const [name = '', ...args] = process.argv.slice(2);
if (!Object.hasOwn(TASKS, name)) {
  console.error(`There is no task ${JSON.stringify(name)}; there are ${Object.keys(TASKS).join(', ')}.`);
  process.exit(2);
}
if (!isInstalled()) await withInstallLock(install);

const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...TASKS[name], ...args], {
  cwd: root,
  stdio: 'inherit',
});
// On a terminal Ctrl-C reaches the child by itself; a signal sent to this process alone does not.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  if (signal !== null) process.removeAllListeners(signal);
  if (signal === null) process.exit(code ?? 70);
  else process.kill(process.pid, signal);
});
