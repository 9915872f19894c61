import { expect, test } from 'vitest';
import { arrivals } from './table-arrivals.ts';
import type { SlottedWay } from './ways.ts';

const way = (slot: number, device: string, gateway: string | null): SlottedWay => ({
  slot,
  family: 'ipv4',
  kind: 'uplink',
  device,
  nextHop: gateway === null ? { kind: 'none' } : { kind: 'via', gateway },
});

test('connections from outside go back by a router, where any way through their uplink has one', () => {
  const ways = [
    way(1, 'enp0s3', '192.168.4.1'),
    way(2, 'enp0s8', null),
    way(3, 'enp0s8', '192.168.56.1'),
    way(4, 'enp0s9', null),
  ];
  expect(arrivals('ipv4', ways)).toEqual([
    '"enp0s3" : jump way_1',
    '"enp0s8" : jump way_3',
    '"enp0s9" : jump way_4',
  ]);
});

test('the uplink’s own default route comes first, as the lowest slot', () => {
  const ways = [way(1, 'enp0s3', '192.168.4.1'), way(2, 'enp0s3', '192.168.4.2')];
  expect(arrivals('ipv4', ways)).toEqual(['"enp0s3" : jump way_1']);
});
