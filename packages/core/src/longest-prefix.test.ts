import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { longestPrefixIntervals, type PrefixRule } from './longest-prefix.ts';
import { parsePrefix, prefixRange } from './prefix.ts';

/** Prefixes of a space so small that every address can be looked at. */
const SPACE_BITS = 8;
const anyRule = fc
  .record({
    offset: fc.nat(2 ** SPACE_BITS - 1),
    length: fc.integer({ min: 0, max: SPACE_BITS }),
    verdict: fc.constantFrom('allow', 'deny', 'metadata'),
  })
  .map(({ offset, length, verdict }) => {
    const size = 2 ** (SPACE_BITS - length);
    const first = offset - (offset % size);
    return { range: { first: BigInt(first), last: BigInt(first + size - 1) }, verdict };
  });

/** What the rules say about one address, looked up as a router would. */
function lookUp(rules: readonly PrefixRule<string>[], address: bigint): string | undefined {
  return rules
    .filter(({ range }) => range.first <= address && address <= range.last)
    .toSorted((a, b) => Number(b.range.last - b.range.first - (a.range.last - a.range.first)))
    .at(-1)?.verdict;
}

describe('longestPrefixIntervals', () => {
  test('says of every address what the longest prefix says', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 12 }), (rules) => {
        const intervals = longestPrefixIntervals(rules);
        for (let address = 0n; address < 2n ** BigInt(SPACE_BITS); address++) {
          const holding = intervals.filter(
            ({ first, last }) => first <= address && address <= last,
          );
          expect(holding.length).toBeLessThanOrEqual(1);
          expect(holding[0]?.verdict).toBe(lookUp(rules, address));
        }
      }),
    );
  });

  test('are in order, disjoint, not empty, and as few as can be', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 12 }), (rules) => {
        const intervals = longestPrefixIntervals(rules);
        for (const [index, { first, last, verdict }] of intervals.entries()) {
          expect(first).toBeLessThanOrEqual(last);
          const next = intervals[index + 1];
          if (next === undefined) continue;
          expect(next.first).toBeGreaterThan(last);
          expect(next.first === last + 1n && next.verdict === verdict).toBe(false);
        }
      }),
    );
  });

  test('a hole in a hole, to the ends of both families', () => {
    const rules = (texts: readonly string[]) =>
      texts.map((text) => {
        const [prefix = '', verdict = ''] = text.split(' ');
        return { range: prefixRange(parsePrefix(prefix)), verdict };
      });
    const ipv4 = rules(['0.0.0.0/0 deny', '128.0.0.0/1 allow', '255.255.255.255 deny']);
    expect(longestPrefixIntervals(ipv4)).toEqual([
      { first: 0n, last: 2n ** 31n - 1n, verdict: 'deny' },
      { first: 2n ** 31n, last: 2n ** 32n - 2n, verdict: 'allow' },
      { first: 2n ** 32n - 1n, last: 2n ** 32n - 1n, verdict: 'deny' },
    ]);
    const ipv6 = rules(['::/0 deny', '8000::/1 deny']);
    expect(longestPrefixIntervals(ipv6)).toEqual([
      { first: 0n, last: 2n ** 128n - 1n, verdict: 'deny' },
    ]);
  });
});
