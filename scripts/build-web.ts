/**
 * Builds the page into apps/web/dist: `npm run build:web`. With `--if-stale` only where something that
 * it is made from is newer than what was built; programs that serve the page begin with that.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, runTool } from './process.ts';

const SOURCES = ['apps/web/src', 'packages/contract/src', 'packages/core/src'];
const FILES = ['apps/web/index.html', 'apps/web/vite.config.ts', 'package-lock.json'];
const BUILT = 'apps/web/dist/index.html';

/** Milliseconds since 1970; 0: there is no such file. */
async function changedAt(file: string): Promise<number> {
  return stat(join(ROOT, file)).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

async function isStale(): Promise<boolean> {
  const built = await changedAt(BUILT);
  const below = await Promise.all(
    SOURCES.map(async (folder) =>
      (await readdir(join(ROOT, folder), { recursive: true })).map((name) => join(folder, name)),
    ),
  );
  const times = await Promise.all([...FILES, ...below.flat()].map(changedAt));
  return times.some((time) => time > built);
}

if (!process.argv.includes('--if-stale') || (await isStale())) {
  // Vite takes it over, and tests that come here have another one: React would be that for developers.
  process.env['NODE_ENV'] = 'production';
  process.stdout.write('building the page …\n');
  const { code, output } = await runTool(
    'vite',
    ['build', '--config', 'apps/web/vite.config.ts', '--logLevel', 'warn'],
    'pipe',
  );
  if (code !== 0) process.stderr.write(output);
  process.exitCode = code;
}
