import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { changesOf } from './desktop-image.ts';
import { desktopFolder, readPackages, readSettings } from './recipe.ts';

const dockerfile = await readFile(join(desktopFolder, 'Dockerfile'), 'utf8');

test('the Dockerfile says of the image what npm run image says', async () => {
  const settings = await readSettings();
  const said = dockerfile
    .split('\n')
    .filter((line) => /^(ENV|USER|WORKDIR|EXPOSE|ENTRYPOINT) /.test(line));
  expect(said).toEqual(changesOf(settings));
});

test('the Dockerfile takes the same packages, files and setup', () => {
  for (const part of ['packages.txt', 'setup.sh', 'COPY files/ /'])
    expect(dockerfile).toContain(part);
  expect(dockerfile).toContain('--no-install-recommends');
});

test('packages are named once', async () => {
  const packages = await readPackages();
  expect(packages).toEqual([...new Set(packages)]);
  expect(packages).toContain('chromium');
});

test('the browser keeps its own sandbox', async () => {
  const flags = join(desktopFolder, 'files/etc/chromium.d/sallyport');
  expect(await readFile(flags, 'utf8')).not.toContain('--no-sandbox');
});
