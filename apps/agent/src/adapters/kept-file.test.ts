import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { temporaryDirectory } from '../../test/temporary.ts';
import { createKeptFile } from './kept-file.ts';

async function kept() {
  const path = join(await temporaryDirectory(), 'below', 'value.json');
  return { path, file: createKeptFile(path, z.strictObject({ count: z.int() })) };
}

describe('a kept value', () => {
  it('is there again, in a directory that is made for it', async () => {
    const { path, file } = await kept();
    expect(await file.load()).toBeNull();
    await file.save({ count: 7 });
    expect(await createKeptFile(path, z.unknown()).load()).toEqual({ count: 7 });
    expect(await file.load()).toEqual({ count: 7 });
  });

  it.each([
    ['torn', (text: string) => text.slice(0, 5)],
    ['of another shape', () => '{"count":"seven"}'],
    ['empty', () => ''],
  ])('is none where the file is %s', async (_, spoil) => {
    const { path, file } = await kept();
    await file.save({ count: 7 });
    await writeFile(path, spoil(await readFile(path, 'utf8')));
    expect(await file.load()).toBeNull();
  });
});
