import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { ownText } from './own-text.ts';

const MEGABYTE = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that 32 addresses keep alive, each cut from a text of a megabyte of its own. */
function keptBytes(keep: (text: string) => string): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: 32 }, (_, index) => {
    const text = `src=192.168.100.${100 + index} ${'x'.repeat(MEGABYTE)}`;
    return keep(/src=(\S+) /.exec(text)?.[1] ?? '');
  });
  collect();
  const bytes = process.memoryUsage().heapUsed - before;
  expect(kept).toHaveLength(32);
  return bytes;
}

test('what is kept does not keep alive what it was cut from', () => {
  expect(ownText('192.168.100.100')).toBe('192.168.100.100');
  expect(keptBytes(ownText)).toBeLessThan(4 * MEGABYTE);
});

test('without it, it would', () => {
  expect(keptBytes((text) => text)).toBeGreaterThan(16 * MEGABYTE);
});
