import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressError } from './ipv4.ts';
import { addressText, parsePrefix, prefixHolding, prefixRange, rangeText } from './prefix.ts';

test.each([
  ['192.0.2.0/24', '192.0.2.0/24'],
  ['192.0.2.7', '192.0.2.7/32'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['::/0', '::/0'],
  ['2001:DB8:0:0::/32', '2001:db8::/32'],
  ['2001:db8::1', '2001:db8::1/128'],
  ['64:ff9b::/96', '64:ff9b::/96'],
])('%s is %s', (text, prefix) => {
  expect(parsePrefix(text)).toBe(prefix);
});

test.each([
  ['', 'is not an IPv4 address such as 192.0.2.10'],
  ['192.0.2.1/24', 'has host bits set; did you mean 192.0.2.0/24'],
  ['2001:db8::1/32', 'has host bits set; did you mean 2001:db8::/32'],
  ['2001:db8::/129', 'has the prefix length 129, which is not between 0 and 128'],
  ['2001:db8::/', 'has the prefix length , which is not between 0 and 128'],
  ['2001:db8::/32/1', 'is not a prefix such as 2001:db8::/32'],
  ['fe80::1%eth0', 'is not a prefix such as 2001:db8::/32'],
  ['::ffff:192.0.2.1', 'is not a prefix such as 2001:db8::/32'],
  ['::ffff:c000:201', 'is a reserved prefix'],
  ['::1', 'is a reserved prefix'],
])('%j %s', (text, reason) => {
  expect(() => parsePrefix(text)).toThrow(new AddressError(reason));
});

test('nothing but AddressError is thrown', () => {
  const almost = fc.stringMatching(/^[0-9a-f.:/%]{0,24}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), almost), (text) => {
      try {
        const prefix = parsePrefix(text);
        expect(parsePrefix(prefix)).toBe(prefix);
      } catch (error) {
        expect(error).toBeInstanceOf(AddressError);
      }
    }),
  );
});

test('a prefix is written as it was read, and a range as its ends', () => {
  const ipv4 = prefixRange(parsePrefix('192.0.2.0/24'));
  expect(rangeText('ipv4', ipv4)).toBe('192.0.2.0/24');
  expect(rangeText('ipv4', { ...ipv4, last: ipv4.last - 1n })).toBe('192.0.2.0-192.0.2.254');
  expect(rangeText('ipv4', { ...ipv4, last: ipv4.first })).toBe('192.0.2.0');
  // A power of two in size, but not where a prefix could begin.
  expect(rangeText('ipv4', { first: 1n, last: 2n })).toBe('0.0.0.1-0.0.0.2');
  const ipv6 = prefixRange(parsePrefix('::/0'));
  expect(rangeText('ipv6', ipv6)).toBe('::/0');
  expect(rangeText('ipv6', { ...ipv6, first: 2n ** 112n })).toBe(
    '1::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  );
});

test('every number is the address of its text', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 2n ** 96n, max: 2n ** 128n - 1n }), (value) => {
      expect(prefixRange(parsePrefix(addressText('ipv6', value))).first).toBe(value);
    }),
  );
});

test.each([
  ['192.168.4.53', 22, '192.168.4.0/22'],
  ['192.168.4.53', 32, '192.168.4.53/32'],
  ['2001:db8:4::53', 64, '2001:db8:4::/64'],
])('%s/%i is in %s', (address, length, prefix) => {
  expect(prefixHolding(address, length)).toBe(prefix);
});
