import { expect, test } from 'vitest';
import { memoByText } from './memo-by-text.ts';

test('parses a text once for as long as it stays the same', () => {
  const parsed: string[] = [];
  const memo = memoByText((text) => {
    parsed.push(text);
    return { text };
  });
  expect(memo('a')).toBe(memo('a'));
  expect(memo('b')).toEqual({ text: 'b' });
  expect(memo('a')).toEqual({ text: 'a' });
  expect(parsed).toEqual(['a', 'b', 'a']);
});

test('remembers nothing of a text that could not be parsed', () => {
  const memo = memoByText((text) => JSON.parse(text) as unknown);
  expect(() => memo('{')).toThrow(/JSON/);
  expect(memo('1')).toBe(1);
});
