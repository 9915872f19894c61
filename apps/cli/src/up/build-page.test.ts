import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ensurePage } from './build-page.ts';

test('a build that fails says why, one that does not says nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-page-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const script = join(folder, 'build.ts');
  expect(await ensurePage(script)).toBe('');
  await writeFile(script, 'console.error(`no ${process.argv[2]}`); process.exit(3);');
  expect(await ensurePage(script)).toBe('no --if-stale');
  await writeFile(script, '');
  expect(await ensurePage(script)).toBe('');
});
