import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/temporary.ts';
import { linesBackwards } from './lines-backwards.ts';

/** What is read, put together in the order of the file, and in how many pieces. */
async function read(text: string) {
  const path = join(await temporaryDirectory(), 'lines');
  await writeFile(path, text);
  const pieces: (readonly string[])[] = [];
  for await (const piece of linesBackwards(path)) pieces.push(piece);
  return { lines: pieces.toReversed().flat(), pieces };
}

test.each([
  ['nothing', '', []],
  ['one line', 'a\n', ['a']],
  ['an empty line', 'a\n\nb\n', ['a', '', 'b']],
  ['a torn end', 'a\nb', ['a', 'b']],
  ['letters of several bytes', 'ä\n漢\n', ['ä', '漢']],
])('%s', async (_, text, lines) => {
  expect((await read(text)).lines).toEqual(lines);
});

test('the newest lines come first, and the first piece is not the whole file', async () => {
  const all = Array.from({ length: 50_000 }, (_, index) => `line ${index} ${'é'.repeat(10)}`);
  const { lines, pieces } = await read(`${all.join('\n')}\n`);
  expect(lines).toEqual(all);
  expect(pieces[0]?.at(-1)).toBe(all.at(-1));
  expect(pieces[0]?.length).toBeLessThan(10_000);
});

test('lines of any length, longer than a block, are whole', async () => {
  const length = fc.oneof(fc.nat(50), fc.integer({ min: 100_000, max: 300_000 }));
  await fc.assert(
    fc.asyncProperty(fc.array(length, { minLength: 1, maxLength: 6 }), async (lengths) => {
      const all = lengths.map((size, index) => String(index).repeat(size));
      expect((await read(`${all.join('\n')}\n`)).lines).toEqual(all);
    }),
    { numRuns: 20 },
  );
});
