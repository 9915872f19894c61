import { describe, expect, test } from 'vitest';
import { parseTime } from './time.ts';

const NOW = new Date(2026, 0, 31, 12, 30).getTime();
const parse = (text: string) => parseTime('--at', text, NOW);

test('a time of day is the last one that has been, and lasts a minute', () => {
  expect(parse('12:03')).toEqual({
    first: new Date(2026, 0, 31, 12, 3).getTime(),
    last: new Date(2026, 0, 31, 12, 3, 59, 999).getTime(),
  });
  expect(parse('23:59:07')).toEqual({
    first: new Date(2026, 0, 30, 23, 59, 7).getTime(),
    last: new Date(2026, 0, 30, 23, 59, 7, 999).getTime(),
  });
});

test('ISO 8601, with and without zone, seconds and their fraction', () => {
  const first = Date.UTC(2026, 0, 31, 12, 3, 5);
  expect(parse('2026-01-31T12:03:05Z')).toEqual({ first, last: first + 999 });
  expect(parse('2026-01-31T14:03:05+02:00')).toEqual({ first, last: first + 999 });
  expect(parse('2026-01-31T12:03:05.250Z')).toEqual({ first: first + 250, last: first + 250 });
  const minute = Date.UTC(2026, 0, 31, 12, 3);
  expect(parse('2026-01-31T12:03Z')).toEqual({ first: minute, last: minute + 59_999 });
  expect(parse('2026-01-31 12:03').first).toBe(new Date(2026, 0, 31, 12, 3).getTime());
});

test('epoch milliseconds', () => {
  expect(parse('1769860985250')).toEqual({ first: 1_769_860_985_250, last: 1_769_860_985_250 });
});

describe.each(['', 'noon', '25:00', '12:60', '2026-13-01T00:00Z', '2026-01-31', '17698'])(
  'refuses %j',
  (text) => {
    test('with a remedy', () => {
      expect(() => parse(text)).toThrow(/--at.*is not a time; give 12:03/);
    });
  },
);
