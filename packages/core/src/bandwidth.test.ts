import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatBitRate, parseBitRate } from './bandwidth.ts';

test.each([
  ['20mbit', 20_000_000],
  ['1.5gbit', 1_500_000_000],
  ['64kbit', 64_000],
  ['999bit', 999],
])('%s is %i bits per second', (text, rate) => {
  expect(parseBitRate(text)).toBe(rate);
  expect(formatBitRate(rate)).toBe(text);
});

test.each(['', '20', 'mbit', '20 mbit', '20Mbit', '-1mbit', '1e3kbit', '0x10bit', '1.mbit'])(
  '%j is none',
  (text) => {
    expect(parseBitRate(text)).toBeNull();
  },
);

test('every rate reads as it is written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000_000_000 }), (rate) => {
      expect(parseBitRate(formatBitRate(rate))).toBe(rate);
    }),
  );
});
