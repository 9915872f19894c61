import type { Family } from '@sallyport/core/ipv6';
import { quote } from './table-text.ts';
import type { SlottedWay } from './ways.ts';

/**
 * One way for each uplink: the first that has a router, which is the one of the uplink's own default
 * route where there is one. A way without a router is the last choice: by it only neighbours on the link
 * would get their replies, and the reverse-path check would drop everybody else's first packet.
 */
export function arrivals(family: Family, ways: readonly SlottedWay[]): readonly string[] {
  const byDevice = new Map<string, number>();
  for (const wanted of [hasRouter, () => true]) {
    for (const way of ways) {
      if (way.family !== family || way.kind !== 'uplink' || !wanted(way)) continue;
      if (!byDevice.has(way.device)) byDevice.set(way.device, way.slot);
    }
  }
  return [...byDevice]
    .toSorted(([, one], [, other]) => one - other)
    .map(([device, slot]) => `${quote(device)} : jump way_${slot}`);
}

function hasRouter(way: SlottedWay): boolean {
  return way.kind === 'uplink' && way.nextHop.kind !== 'none';
}
