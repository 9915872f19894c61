import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressAt, contains, parseCidr4 } from './cidr4.ts';
import { canSpread, spread } from './spread.ts';

const pools = fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 40 });
const subnets = fc
  .record({ third: fc.nat(63), length: fc.integer({ min: 22, max: 29 }) })
  .map(({ third, length }) => parseCidr4(`10.208.${third * 4}.0/${length}`));

describe('spread', () => {
  it('gives every address of the subnet one address of the pool', () => {
    fc.assert(
      fc.property(subnets, pools, (subnet, [head = '', ...tail]) => {
        const shares = spread(subnet, [head, ...tail]);
        const containers = shares.map(([container]) => container);
        expect(new Set(containers).size).toBe(shares.length);
        expect(containers.every((container) => contains(subnet, container))).toBe(true);
        expect(containers).toContain(addressAt(subnet, 0));
        expect(containers).toContain(addressAt(subnet, -1));
        expect(shares.every(([, address]) => [head, ...tail].includes(address))).toBe(true);
      }),
    );
  });

  it('spreads any run of neighbours evenly', () => {
    fc.assert(
      fc.property(subnets, pools, fc.nat(200), (subnet, [head = '', ...tail], from) => {
        const run = spread(subnet, [head, ...tail]).slice(from, from + 60);
        const counts = new Map<string, number>();
        for (const [, address] of run) counts.set(address, (counts.get(address) ?? 0) + 1);
        const most = Math.max(0, ...counts.values());
        const least = counts.size < tail.length + 1 ? 0 : Math.min(...counts.values());
        expect(most - least).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is for subnets of which a bridge can hold every address', () => {
    expect(canSpread(parseCidr4('10.208.0.0/22'))).toBe(true);
    expect(canSpread(parseCidr4('172.19.0.0/16'))).toBe(false);
  });
});
