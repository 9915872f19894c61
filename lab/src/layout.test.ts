import { expect, test } from 'vitest';
import { parseLabName, planLayout } from './layout.ts';

test('two labs share no path and no namespace', () => {
  const other = new Set(Object.values<string>({ ...planLayout('lab-2') }));
  const shared = Object.values<string>({ ...planLayout('lab') }).filter((value) =>
    other.has(value),
  );
  expect(other.size).toBeGreaterThan(5);
  expect(shared).toEqual([]);
});

test.each(['', 'Lab', '1a', 'a/b', '..', 'a b', '-a', 'a\n', 'x'.repeat(32)])(
  'refuses the name %j',
  (name) => {
    expect(() => parseLabName(name)).toThrow(/not a lab name/);
  },
);

test('the longest name still fits a socket path', () => {
  expect(planLayout('x'.repeat(31)).dockerSocket.length).toBeLessThan(107);
});
