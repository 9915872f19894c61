import { describe, expect, it } from 'vitest';
import { MAX_SLOT } from '../constants.ts';
import { allocateSlots, wayKey } from './ways.ts';

const keysOf = (count: number) => Array.from({ length: count }, (_, index) => `eth${index}|`);

describe('slots of ways', () => {
  it('are given from below, in order', () => {
    expect(allocateSlots([], ['a', 'b', 'a'])).toEqual({
      ways: [
        { key: 'a', slot: 1 },
        { key: 'b', slot: 2 },
      ],
      refused: [],
    });
  });

  it('stay with their way, needed or not, because living flows bear their mark', () => {
    const known = [
      { key: 'a', slot: 1 },
      { key: 'b', slot: 3 },
    ];
    expect(allocateSlots(known, ['c', 'b']).ways).toEqual([
      { key: 'a', slot: 1 },
      { key: 'c', slot: 2 },
      { key: 'b', slot: 3 },
    ]);
    expect(allocateSlots(known, []).ways).toEqual(known);
  });

  it('are taken from ways that nobody needs only when none is left', () => {
    const { ways: full } = allocateSlots([], keysOf(MAX_SLOT));
    expect(full.at(-1)).toEqual({ key: `eth${MAX_SLOT - 1}|`, slot: MAX_SLOT });
    const needed = [...keysOf(MAX_SLOT).filter((key) => key !== 'eth7|'), 'new'];
    const { ways, refused } = allocateSlots(full, needed);
    expect(refused).toEqual([]);
    expect(ways.find(({ key }) => key === 'new')?.slot).toBe(8);
    expect(ways.some(({ key }) => key === 'eth7|')).toBe(false);
  });

  it('run out, and no two ways ever share one', () => {
    const { ways, refused } = allocateSlots([], keysOf(MAX_SLOT + 2));
    expect(refused).toEqual([`eth${MAX_SLOT}|`, `eth${MAX_SLOT + 1}|`]);
    expect(new Set(ways.map(({ slot }) => slot)).size).toBe(MAX_SLOT);
  });

  it('are the same again from what was stored', () => {
    const { ways } = allocateSlots([{ key: 'z', slot: 9 }], ['b', 'a']);
    expect(allocateSlots(ways, ['a', 'b', 'z']).ways).toEqual(ways);
  });
});

describe('the key of a way', () => {
  it('tells interface and next hop apart', () => {
    const uplink = { kind: 'uplink', device: 'eth0' } as const;
    expect(wayKey({ family: 'ipv4', kind: 'main' })).toBe('main');
    expect(wayKey({ family: 'ipv4', ...uplink, nextHop: { kind: 'none' } })).toBe('eth0|');
    expect(wayKey({ family: 'ipv4', ...uplink, nextHop: { kind: 'link' } })).toBe('eth0|link');
    expect(
      wayKey({ family: 'ipv4', ...uplink, nextHop: { kind: 'via', gateway: '192.0.2.1' } }),
    ).toBe('eth0|192.0.2.1');
  });
});
