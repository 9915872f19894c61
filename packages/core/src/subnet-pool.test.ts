import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cidr4, cidr4, covers, overlaps, parseCidr4, prefixLength } from './cidr4.ts';
import { ipv4FromNumber } from './ipv4.ts';
import { allocateSubnet, poolCapacity, type SubnetPool } from './subnet-pool.ts';

const pool: SubnetPool = { prefix: parseCidr4('10.200.0.0/22'), size: 26 };
const POOL_START = 0x0ac80000;
const parts = Array.from({ length: poolCapacity(pool) }, (_, index) =>
  cidr4(ipv4FromNumber(POOL_START + index * 64), pool.size),
);
/** Prefixes in, around and across the pool, larger and smaller than its parts. */
const taken = fc.array(
  fc
    .tuple(fc.integer({ min: -1024, max: 2047 }), fc.integer({ min: 18, max: 32 }))
    .map(([offset, length]) => cidr4(ipv4FromNumber(POOL_START + offset), length)),
  { maxLength: 20 },
);

test('gives the first part that overlaps nothing, as trying them one by one would', () => {
  fc.assert(
    fc.property(taken, (others) => {
      const free = parts.find((part) => !others.some((other) => overlaps(part, other)));
      expect(allocateSubnet(pool, others)).toBe(free ?? null);
    }),
    { numRuns: 2000 },
  );
});

test('gives every part once, then null', () => {
  const given: Cidr4[] = [];
  for (let next = allocateSubnet(pool, given); next; next = allocateSubnet(pool, given)) {
    given.push(next);
  }
  expect(given).toEqual(parts);
  expect(given).toHaveLength(16);
});

test('has room for 1,000 networks in 10.128.0.0/9 cut into /24, whatever the host has there', () => {
  const large: SubnetPool = { prefix: parseCidr4('10.128.0.0/9'), size: 24 };
  const given: Cidr4[] = [parseCidr4('10.128.0.0/16')];
  for (let count = 0; count < 1000; count += 1) {
    const next = allocateSubnet(large, given);
    if (next === null) throw new Error(`no subnet after ${count}`);
    expect(prefixLength(next)).toBe(24);
    expect(covers(large.prefix, next)).toBe(true);
    given.push(next);
  }
  expect(new Set(given).size).toBe(1001);
  expect(given[1]).toBe('10.129.0.0/24');
});

test('a pool at the end of the address space does not run over it', () => {
  const last: SubnetPool = { prefix: parseCidr4('255.255.255.0/24'), size: 25 };
  expect(allocateSubnet(last, [])).toBe('255.255.255.0/25');
  expect(allocateSubnet(last, [parseCidr4('255.255.255.0/25')])).toBe('255.255.255.128/25');
  expect(
    allocateSubnet(last, [parseCidr4('255.255.255.128/32'), parseCidr4('255.255.255.0/25')]),
  ).toBe(null);
});
