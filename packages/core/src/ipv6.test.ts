import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AddressError } from './ipv4.ts';
import { addressKind, familyOf, parseIpv6 } from './ipv6.ts';

it.each([
  ['2001:DB8:0:0::0010', '2001:db8::10'],
  ['::1', '::1'],
  ['fd73:616c:6c79::', 'fd73:616c:6c79::'],
])('%s is %s', (text, address) => {
  expect(parseIpv6(text)).toBe(address);
  expect(familyOf(address)).toBe('ipv6');
});

it.each([
  ['192.0.2.1', 'is an IPv4 address where an IPv6 address is expected'],
  ['2001:db8::/64', 'is a prefix where a single address is expected'],
  ['fe80::1%eth0', 'is not an IPv6 address such as 2001:db8::10'],
  ['::ffff:192.0.2.1', 'is not an IPv6 address such as 2001:db8::10'],
  ['2001:db8::1::2', 'is not an IPv6 address such as 2001:db8::10'],
  ['', 'is not an IPv6 address such as 2001:db8::10'],
])('%j %s', (text, reason) => {
  expect(() => parseIpv6(text)).toThrow(new AddressError(reason));
});

it('takes every address that the machine can write, and is content with its own text', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      fc.pre(!text.includes('.'));
      const address = parseIpv6(text);
      expect(parseIpv6(address)).toBe(address);
      expect(addressKind(address)).not.toBe('');
    }),
  );
});
