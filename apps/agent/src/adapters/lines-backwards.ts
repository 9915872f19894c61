import { open } from 'node:fs/promises';

const BLOCK = 128 * 1024;
const LINE_FEED = 0x0a;

/**
 * The lines of a file, the last ones first, in pieces of a block of the disk; in the order of the file within
 * each. Whoever wants the newest lines of a log reads no more of it than those.
 * @throws Error of `open(2)` where the file is not there
 */
export async function* linesBackwards(path: string): AsyncGenerator<readonly string[]> {
  const file = await open(path);
  try {
    let { size: end } = await file.stat();
    // The beginning of what was read is the end of a line whose beginning was not.
    let rest: Buffer = Buffer.alloc(0);
    while (end > 0) {
      const length = Math.min(BLOCK, end);
      const block = Buffer.alloc(length);
      // oxlint-disable-next-line no-await-in-loop -- each block lies before the one before
      const { bytesRead } = await file.read(block, 0, length, end - length);
      if (bytesRead < length) throw new Error(`${path} became shorter while it was read`);
      end -= length;
      const text = Buffer.concat([block, rest]);
      const first = end === 0 ? 0 : text.indexOf(LINE_FEED) + 1;
      if (end > 0 && first === 0) {
        rest = text;
        continue;
      }
      rest = text.subarray(0, first);
      const lines = text.toString('utf8', first).split('\n');
      if (lines.at(-1) === '') lines.pop();
      yield lines;
    }
  } finally {
    await file.close();
  }
}
