import type { Family } from '@sallyport/core/ipv6';
import { quote } from './table-text.ts';
import type { SlottedWay } from './ways.ts';

/** One way for each uplink: the first, which is the one of its own default route where several exist. */
export function arrivals(family: Family, ways: readonly SlottedWay[]): readonly string[] {
  const byDevice = new Map<string, number>();
  for (const way of ways) {
    if (way.family !== family) continue;
    if (way.kind === 'uplink' && !byDevice.has(way.device)) byDevice.set(way.device, way.slot);
  }
  return [...byDevice].map(([device, slot]) => `${quote(device)} : jump way_${slot}`);
}
