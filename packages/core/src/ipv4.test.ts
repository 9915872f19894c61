import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressError, ipv4FromNumber, ipv4Kind, ipv4ToNumber, parseIpv4 } from './ipv4.ts';

const octet = fc.nat(255);
const dotted = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));

test('reads every dotted quad as it is', () => {
  fc.assert(fc.property(dotted, (text) => parseIpv4(text) === text));
});

test('number and text are two ways to write the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
      const address = ipv4FromNumber(value);
      expect(ipv4ToNumber(address)).toBe(value);
      expect(parseIpv4(address)).toBe(address);
    }),
  );
  expect(ipv4ToNumber(parseIpv4('192.168.4.153'))).toBe(0xc0a80499);
});

test('what is not a dotted quad is refused with a reason, never another error', () => {
  const almost = fc.stringMatching(/^[0-9a-fx:./ ]{0,20}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), almost), (text) => {
      try {
        expect(parseIpv4(text)).toMatch(/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/);
      } catch (error) {
        expect(error).toBeInstanceOf(AddressError);
      }
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['010.0.0.1', 'is not an IPv4 address such as 192.0.2.10'],
  ['1.2.3', 'is not an IPv4 address such as 192.0.2.10'],
  ['1.2.3.256', 'is not an IPv4 address such as 192.0.2.10'],
  ['1.2.3.4 ', 'is not an IPv4 address such as 192.0.2.10'],
  ['0x1.2.3.4', 'is not an IPv4 address such as 192.0.2.10'],
  ['1.2.3.4\n', 'is not an IPv4 address such as 192.0.2.10'],
  ['', 'is not an IPv4 address such as 192.0.2.10'],
  ['::1', 'is an IPv6 address where an IPv4 address is expected'],
  ['10.0.0.0/8', 'is a prefix where a single address is expected'],
])('%j %s', (text, reason) => {
  expect(() => parseIpv4(text)).toThrow(new AddressError(reason));
});

test.each([
  ['8.8.8.8', 'unicast'],
  ['192.168.4.153', 'private'],
  ['127.0.0.1', 'loopback'],
  ['169.254.169.254', 'linkLocal'],
  ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['0.0.0.0', 'unspecified'],
])('%s is %s', (text, kind) => {
  expect(ipv4Kind(parseIpv4(text))).toBe(kind);
});
