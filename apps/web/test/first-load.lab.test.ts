import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { buildPage } from './stage.ts';

test('the first page is loaded with less than 250 kB, without a library of schemas', async () => {
  await buildPage();
  const dist = join(import.meta.dirname, '../dist');
  const document = await readFile(join(dist, 'index.html'), 'utf8');
  const files = [...document.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path);
  expect(files.length).toBeGreaterThan(1);
  let bytes = gzipSync(document).length;
  const mark = '_zod';
  const library = join(import.meta.dirname, '../../../node_modules/zod/v4/core/schemas.js');
  expect(await readFile(library, 'utf8')).toContain(mark);
  for (const path of files) {
    expect(await readFile(join(dist, path ?? ''), 'utf8'), path).not.toContain(mark);
    bytes += (await readFile(join(dist, `${path}.gz`))).length;
  }
  expect(bytes).toBeLessThan(250_000);
});
