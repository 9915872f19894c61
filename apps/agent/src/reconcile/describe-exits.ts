import type { Condition } from '@sallyport/core/network';
import type { AddressWay, ResolvedNetwork } from '../plan/resolve.ts';
import type { SlottedWay } from '../plan/ways.ts';

/* The egress addresses of a network and their ways, in words. */

/** Interfaces and gateways of ways, as far as they have them. */
export function shown(
  ways: readonly (SlottedWay | null)[],
): readonly [string | null, string | null] {
  const uplinks = ways.filter((way) => way?.kind === 'uplink');
  const devices = uplinks.map(({ device }) => device);
  const hops = uplinks.flatMap(({ nextHop }) => (nextHop.kind === 'via' ? nextHop.gateway : []));
  return [listed(devices), listed(hops)];
}

function listed(texts: readonly string[]): string | null {
  return texts.length === 0 ? null : [...new Set(texts)].join(', ');
}

/** A half sentence for each way, with the addresses that share it. */
export function leavingByWays(exits: readonly AddressWay[]): readonly string[] {
  const byWay = new Map<SlottedWay, string[]>();
  for (const { address, way } of exits) {
    if (way !== null) byWay.set(way, [...(byWay.get(way) ?? []), address]);
  }
  return [...byWay].map(([way, addresses]) => leavingBy(addresses, way));
}

export function leavingBy(addresses: readonly string[], way: SlottedWay): string {
  const through =
    way.kind === 'uplink'
      ? `through ${way.device}${way.nextHop.kind === 'via' ? ` by the gateway ${way.nextHop.gateway}` : ''}`
      : 'as the main routing table says';
  return `${some(addresses)} ${through}`;
}

/** What is there in one line, and each address that is not in a line of its own. */
export function exitConditions({ exits }: ResolvedNetwork): readonly Condition[] {
  const there = exits.filter(({ blocked }) => blocked === null).map(({ address }) => address);
  const missing = exits.flatMap(({ blocked }) => (blocked === null ? [] : [blocked]));
  return [...missing, ...(there.length === 0 ? [] : [addressCondition(there)])];
}

export function addressCondition(addresses: readonly string[]): Condition {
  return {
    type: 'AddressOnHost',
    ok: true,
    message: `an interface of this host has ${some(addresses)}`,
    remedy: '',
  };
}

/** A pool may have a thousand addresses. */
const SHOWN = 4;

function some(addresses: readonly string[]): string {
  const more = addresses.length - SHOWN;
  const shownOnes = addresses.slice(0, SHOWN).join(', ');
  return more > 0 ? `${shownOnes} and ${more} more` : shownOnes;
}
