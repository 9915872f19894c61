import { parseCidr4 } from '@sallyport/core/cidr4';
import { type Ipv4, ipv4FromNumber, ipv4ToNumber, parseIpv4 } from '@sallyport/core/ipv4';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guideSpec } from '../../test/guide-host.ts';
import type { Lease } from '../ports/store.ts';
import { grantLeases, KEPT_MS, type Placed, withLeases } from './leases.ts';
import type { ResolvedNetwork } from './resolve.ts';

const WAY = {
  family: 'ipv4',
  kind: 'uplink',
  device: 'enp0s3',
  nextHop: { kind: 'none' },
  slot: 1,
} as const;

/** A network with so many addresses, from 10.9.0.0 on; those of `missing` are not on the host. */
function pool(size: number, missing: readonly number[] = []): ResolvedNetwork {
  const addresses = Array.from({ length: size }, (_, index) => numbered('10.9.0.0', index));
  const spec = { ...guideSpec({ assign: 'per-container' }), subnet: parseCidr4('10.208.0.0/16') };
  return {
    spec: { ...spec, egress: { ipv4: addresses, ipv6: [] } },
    exits: addresses.map((address, index) => ({
      address,
      way: missing.includes(index) ? null : WAY,
      blocked: null,
    })),
    blocked: null,
    way6: null,
    blocked6: null,
    leases: [],
    candidates: [],
    draining: [],
    denied: { ipv4: [], ipv6: [] },
    conditions: [],
  };
}

function numbered(first: string, index: number): Ipv4 {
  return ipv4FromNumber(ipv4ToNumber(parseIpv4(first)) + index);
}

/** Containers by number; the second number is that of its address on the bridge. */
const placed = (...numbers: readonly (number | readonly [number, number])[]): Placed[] =>
  numbers.map((one) => {
    const [container, inside] = typeof one === 'number' ? [one, one] : one;
    return {
      network: guideSpec().id,
      container: { id: `id-${container}`, name: `c${container}` },
      inside: numbered('10.208.0.2', inside),
    };
  });

const pairs = (leases: readonly Lease[]) =>
  leases.map(
    ({ container, address, gone }) => `${container.name} ${address}${gone === null ? '' : ' gone'}`,
  );

describe('leases', () => {
  it('go to those who come, one address each, as far as there are addresses', () => {
    const network = pool(2);
    const leases = grantLeases([network], [], { placed: placed(1, 2, 3), now: 0 });
    expect(pairs(leases)).toEqual(['c1 10.9.0.0', 'c2 10.9.0.1']);
    const [condition] = withLeases(network, leases, placed(1, 2, 3)).conditions;
    expect(condition).toMatchObject({
      ok: false,
      message: 'nothing of c3 leaves: no address is left for it, 2 of 2 are leased',
    });
  });

  it('stay with who has them, over a restart with another address on the bridge', () => {
    const network = pool(2);
    const first = grantLeases([network], [], { placed: placed(1), now: 0 });
    const gone = grantLeases([network], first, { placed: placed(2), now: 1 });
    expect(pairs(gone)).toEqual(['c2 10.9.0.1', 'c1 10.9.0.0 gone']);
    const back = grantLeases([network], gone, { placed: placed(2, [1, 77]), now: 2 });
    expect(pairs(back)).toEqual(['c2 10.9.0.1', 'c1 10.9.0.0']);
    expect(back.at(-1)).toMatchObject({ inside: '10.208.0.79', since: 0 });
  });

  it('end a minute after their container, and before that only for who would have none', () => {
    const network = pool(1);
    const first = grantLeases([network], [], { placed: placed(1), now: 0 });
    const kept = grantLeases([network], first, { placed: [], now: 10 });
    expect(grantLeases([network], kept, { placed: [], now: 9 + KEPT_MS })).toBe(kept);
    expect(grantLeases([network], kept, { placed: [], now: 10 + KEPT_MS })).toEqual([]);
    expect(pairs(grantLeases([network], kept, { placed: placed(2), now: 11 }))).toEqual([
      'c2 10.9.0.0',
    ]);
  });

  it('are not of addresses that are not on the host, and stay where theirs is taken away', () => {
    const leases = grantLeases([pool(2, [0])], [], { placed: placed(1), now: 0 });
    expect(pairs(leases)).toEqual(['c1 10.9.0.1']);
    expect(grantLeases([pool(2, [0, 1])], leases, { placed: placed(1), now: 1 })).toBe(leases);
  });

  it('end where the network does not lease any more, or has the address no more', () => {
    const leases = grantLeases([pool(2)], [], { placed: placed(1, 2), now: 0 });
    const [shared] = [pool(2)].map((one) => ({
      ...one,
      spec: { ...one.spec, assign: 'shared' as const },
    }));
    expect(grantLeases([shared as ResolvedNetwork], leases, { placed: [], now: 1 })).toEqual([]);
    expect(pairs(grantLeases([pool(1)], leases, { placed: placed(1, 2), now: 1 }))).toEqual([
      'c1 10.9.0.0',
    ]);
  });

  it('never give one address to two, whoever comes, goes and comes back', () => {
    const look = fc.uniqueArray(fc.tuple(fc.nat(12), fc.nat(30)), { selector: ([who]) => who });
    fc.assert(
      fc.property(fc.array(fc.tuple(look, fc.nat(40_000))), (looks) => {
        const network = pool(5, [3]);
        let leases: readonly Lease[] = [];
        let now = 0;
        for (const [here, later] of looks) {
          now += later;
          const before = leases;
          leases = grantLeases([network], before, { placed: placed(...here), now });
          expect(new Set(leases.map(({ address }) => address)).size).toBe(leases.length);
          const held = leases.filter(({ gone }) => gone === null);
          expect(held.length).toBe(Math.min(here.length, 4));
          for (const { container, address } of before.filter(({ gone }) => gone === null)) {
            const still = held.find((lease) => lease.container.id === container.id);
            if (still !== undefined) expect(still.address).toBe(address);
          }
        }
      }),
    );
  });

  it('are a thousand for a thousand', () => {
    const everybody = placed(...Array.from({ length: 1_000 }, (_, index) => index));
    const network = pool(1_000);
    const leases = grantLeases([network], [], { placed: everybody, now: 0 });
    expect(new Set(leases.map(({ address }) => address)).size).toBe(1_000);
    expect(withLeases(network, leases, everybody).leases).toHaveLength(1_000);
  });
});
