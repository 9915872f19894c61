import { expect, test, vi } from 'vitest';
import { memoByText } from './memo-by-text.ts';

test('parses a text once for as long as it stays the same', () => {
  const parse = vi.fn((text: string) => ({ text }));
  const memo = memoByText(parse);
  expect(memo('a')).toBe(memo('a'));
  expect(memo('b')).toEqual({ text: 'b' });
  expect(memo('a')).toEqual({ text: 'a' });
  expect(parse).toHaveBeenCalledTimes(3);
});

test('remembers nothing of a text that could not be parsed', () => {
  const memo = memoByText((text) => JSON.parse(text) as unknown);
  expect(() => memo('{')).toThrow(/JSON/);
  expect(memo('1')).toBe(1);
});
