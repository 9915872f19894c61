import type { Readable } from 'node:stream';

/**
 * The lines of a stream, as many at a time as have come. Where lines come by the ten thousand, handing each
 * of them on by itself (node:readline) costs more than all that is done with it.
 */
export async function* lineBatches(stream: Readable): AsyncIterable<readonly string[]> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const text of stream as AsyncIterable<string>) {
    const lines = text.split('\n');
    lines[0] = rest + (lines[0] ?? '');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}
