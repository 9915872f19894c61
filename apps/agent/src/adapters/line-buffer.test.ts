import { expect, test } from 'vitest';
import { LineBuffer } from './line-buffer.ts';

test('what is taken is what was added, in its order', () => {
  const lines = new LineBuffer();
  lines.add('one');
  lines.add('zwö€');
  expect(lines.waiting).toBe('one\nzwö€\n'.length + 3);
  expect(lines.take().toString()).toBe('one\nzwö€\n');
  expect(lines.waiting).toBe(0);
  expect(lines.take()).toHaveLength(0);
});

test('lines that come while others are written do not touch them', () => {
  const lines = new LineBuffer();
  lines.add('first');
  const taken = lines.take();
  lines.add('other');
  expect(taken.toString()).toBe('first\n');
  expect(lines.take().toString()).toBe('other\n');
});

test('it grows with what waits', () => {
  const lines = new LineBuffer();
  const added = Array.from(
    { length: 5_000 },
    (_, index) => `line ${index} ${'x'.repeat(index % 97)}`,
  );
  for (const line of added) lines.add(line);
  lines.add('y'.repeat(1_000_000));
  expect(lines.take().toString()).toBe(`${[...added, 'y'.repeat(1_000_000)].join('\n')}\n`);
});
