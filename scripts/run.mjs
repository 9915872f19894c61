/**
 * Runs a task of the project under the project's own Node.js, and installs what is missing first:
 *
 *     node scripts/run.mjs TASK [ARGUMENTS]
 *
 * Every script of package.json goes through here, so that a fresh clone works at once. This file
 * and those in bootstrap/ import nothing that has to be installed, and are plain JavaScript for the
 * Node.js that the machine has (18 or later); see docs/adr/0002.
 */
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './bootstrap/install.mjs';
import { findNode } from './bootstrap/node.mjs';
import { runAndPass } from './bootstrap/pass.mjs';

/** What each task starts, from the root of the project. */
const TASKS = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  demo: ['demo/src/main.ts'],
  lab: ['lab/src/main.ts'],
  image: ['images/src/main.ts'],
  bench: ['bench/src/main.ts'],
  test: ['scripts/test.ts'],
  'test:unit': ['scripts/test.ts', '--project', 'unit'],
  'test:lab': ['scripts/test.ts', '--project', 'lab'],
  'test:leaks': ['e2e/leaks/main.ts'],
  'test:soak': ['e2e/soak/main.ts'],
  check: ['scripts/check.ts'],
  format: ['scripts/format.ts'],
  generate: ['scripts/generate.ts'],
  'build:web': ['scripts/build-web.ts'],
  screenshots: ['apps/web/test/screenshots.ts'],
});

const root = fileURLToPath(new URL('..', import.meta.url));
const [task = '', ...args] = process.argv.slice(2);

if (!Object.hasOwn(TASKS, task)) {
  process.stderr.write(
    `Usage: node scripts/run.mjs TASK\n  TASK: ${Object.keys(TASKS).join(', ')}\n`,
  );
  process.exit(2);
}
try {
  await ensureInstalled(root);
  const command = [...(TASKS[task] ?? []), ...args];
  // Tools that begin with `#!/usr/bin/env node` have to find the project's Node.js too.
  const node = findNode(root);
  const path = [dirname(node), join(root, 'node_modules/.bin'), process.env['PATH']];
  process.exitCode = await runAndPass(node, command, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path.join(delimiter) },
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
