import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addressAt,
  type Cidr4,
  cidr4,
  contains,
  covers,
  networkAddress,
  overlaps,
  parseCidr4,
  prefixLength,
  range4,
  subtract,
  withoutCovered,
} from './cidr4.ts';
import { AddressError, type Ipv4, ipv4FromNumber } from './ipv4.ts';

const anyNumber = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyCidr = fc
  .tuple(anyNumber, fc.integer({ min: 0, max: 32 }))
  .map(([value, length]) => cidr4(ipv4FromNumber(value), length));
/** Prefixes in a space so small that they meet, and that every address can be looked at. */
const BASE = 0x0a000000;
const nearCidr = fc
  .tuple(fc.nat(255), fc.integer({ min: 24, max: 32 }))
  .map(([offset, length]) => cidr4(ipv4FromNumber(BASE + offset), length));
const nearAddresses = Array.from({ length: 256 }, (_, offset) => ipv4FromNumber(BASE + offset));
const membersOf = (...prefixes: readonly Cidr4[]): readonly Ipv4[] =>
  nearAddresses.filter((address) => prefixes.some((prefix) => contains(prefix, address)));
const size = (prefix: Cidr4): number => 2 ** (32 - prefixLength(prefix));

describe('parse and write', () => {
  test('every prefix reads as it is written', () => {
    fc.assert(
      fc.property(anyCidr, (cidr) => {
        expect(parseCidr4(cidr)).toBe(cidr);
        expect(cidr4(networkAddress(cidr), prefixLength(cidr))).toBe(cidr);
      }),
    );
  });

  test.each([
    ['172.19.0.1/16', 'has host bits set; did you mean 172.19.0.0/16'],
    ['172.19.0.0/33', 'has the prefix length 33, which is not between 0 and 32'],
    ['172.19.0.0/016', 'has the prefix length 016, which is not between 0 and 32'],
    ['172.19.0.0/-1', 'has the prefix length -1, which is not between 0 and 32'],
    ['172.19.0.0/', 'has the prefix length , which is not between 0 and 32'],
    ['172.19.0.0', 'is not a prefix such as 172.19.0.0/16'],
    ['172.19.0.0/16/8', 'is not a prefix such as 172.19.0.0/16'],
    ['fd00::/8', 'is an IPv6 address where an IPv4 address is expected'],
  ])('%j %s', (text, reason) => {
    expect(() => parseCidr4(text)).toThrow(new AddressError(reason));
  });

  test('nothing but AddressError is thrown', () => {
    const almost = fc.stringMatching(/^[0-9./]{0,20}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), almost), (text) => {
        try {
          parseCidr4(text);
        } catch (error) {
          expect(error).toBeInstanceOf(AddressError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('ranges', () => {
  test('hold as many addresses as the length says, from the network address on', () => {
    fc.assert(
      fc.property(anyCidr, (cidr) => {
        const { first, last } = range4(cidr);
        expect(last - first + 1).toBe(size(cidr));
        expect(addressAt(cidr, 0)).toBe(networkAddress(cidr));
        expect(addressAt(cidr, -1)).toBe(ipv4FromNumber(last));
        expect(contains(cidr, addressAt(cidr, 0)) && contains(cidr, addressAt(cidr, -1))).toBe(
          true,
        );
      }),
    );
  });

  test('overlap and cover mean what their members say', () => {
    fc.assert(
      fc.property(nearCidr, nearCidr, (a, b) => {
        const inB = new Set(membersOf(b));
        const shared = membersOf(a).filter((address) => inB.has(address));
        expect(overlaps(a, b)).toBe(shared.length > 0);
        expect(covers(a, b)).toBe(shared.length === inB.size);
      }),
    );
  });
});

describe('subtract', () => {
  test('holds exactly what is left, in prefixes that do not overlap', () => {
    fc.assert(
      fc.property(nearCidr, fc.array(nearCidr, { maxLength: 5 }), (from, holes) => {
        const rest = subtract(from, holes);
        const wanted = membersOf(from).filter(
          (address) => !holes.some((hole) => contains(hole, address)),
        );
        expect(membersOf(...rest)).toEqual(wanted);
        expect(rest.reduce((sum, prefix) => sum + size(prefix), 0)).toBe(wanted.length);
      }),
    );
  });

  test('needs no two prefixes where one would do', () => {
    fc.assert(
      fc.property(nearCidr, fc.array(nearCidr, { maxLength: 5 }), (from, holes) => {
        const rest = subtract(from, holes);
        const parents = rest
          .filter((prefix) => prefixLength(prefix) > prefixLength(from))
          .map((prefix) => cidr4(networkAddress(prefix), prefixLength(prefix) - 1));
        expect(new Set(parents).size).toBe(parents.length);
      }),
    );
  });

  test('takes one address out of everything in 32 steps', () => {
    expect(subtract(parseCidr4('0.0.0.0/0'), [parseCidr4('192.0.2.1/32')])).toHaveLength(32);
  });
});

describe('withoutCovered', () => {
  test('keeps every address, and no prefix within another', () => {
    fc.assert(
      fc.property(fc.array(nearCidr, { maxLength: 12 }), (prefixes) => {
        const kept = withoutCovered(prefixes);
        expect(membersOf(...kept)).toEqual(membersOf(...prefixes));
        for (const a of kept) {
          expect(prefixes).toContain(a);
          for (const b of kept) if (a !== b) expect(overlaps(a, b)).toBe(false);
        }
        expect(kept.toSorted((a, b) => range4(a).first - range4(b).first)).toEqual(kept);
      }),
    );
  });
});
