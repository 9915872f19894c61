import type { Family } from '@sallyport/core/ipv6';
import { MAX_SLOT } from '../constants.ts';
import type { Way } from '../ports/store.ts';
import { type NextHop, nextHopText } from './uplinks.ts';

/** A way out of the host, before it has a slot. */
export type WayTarget = { readonly family: Family } & (
  | { readonly kind: 'main' }
  | { readonly kind: 'uplink'; readonly device: string; readonly nextHop: NextHop }
);

/** A way out with the slot that makes its mark, rule and routing table. */
export type SlottedWay = WayTarget & { readonly slot: number };

/** The key under which a way keeps its slot across restarts. */
export function wayKey(target: WayTarget): string {
  const way = target.kind === 'main' ? 'main' : `${target.device}|${nextHopText(target.nextHop)}`;
  // Bare for IPv4, as states that are older than IPv6 hold it.
  return target.family === 'ipv4' ? way : `6:${way}`;
}

export interface SlotAllocation {
  readonly ways: readonly Way[];
  /** Keys for which no slot was left. */
  readonly refused: readonly string[];
}

/**
 * Gives every needed key a slot. A way keeps its slot for as long as slots are left, even while
 * nothing needs it, because conntrack entries of living flows carry its mark.
 */
export function allocateSlots(known: readonly Way[], needed: readonly string[]): SlotAllocation {
  const slots = new Map(known.map(({ key, slot }) => [key, slot]));
  const wanted = new Set(needed);
  const refused: string[] = [];
  for (const key of wanted) {
    if (slots.has(key)) continue;
    const slot = freeSlot(slots) ?? reclaim(slots, wanted);
    if (slot === null) refused.push(key);
    else slots.set(key, slot);
  }
  const ways = [...slots].map(([key, slot]) => ({ key, slot })).toSorted((a, b) => a.slot - b.slot);
  return { ways, refused };
}

function freeSlot(slots: ReadonlyMap<string, number>): number | null {
  const used = new Set(slots.values());
  for (let slot = 1; slot <= MAX_SLOT; slot++) if (!used.has(slot)) return slot;
  return null;
}

function reclaim(slots: Map<string, number>, wanted: ReadonlySet<string>): number | null {
  for (const [key, slot] of slots) {
    if (wanted.has(key)) continue;
    slots.delete(key);
    return slot;
  }
  return null;
}
