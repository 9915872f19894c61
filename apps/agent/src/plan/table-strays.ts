import { type Family, familyOf } from '@sallyport/core/ipv6';
import type { NftListing, NftSet } from '../ports/nft.ts';
import { exact, quote, stop } from './table-text.ts';

/*
 * Containers of strict networks that are on an unmanaged network as well: what they send by that one is
 * dropped. The bridge belongs to the element, since two networks may well give the same address.
 */

/** Elements of the sets of these names. */
export type Strays = Readonly<Record<'strays4' | 'strays6', readonly string[]>>;

export const NO_STRAYS: Strays = { strays4: [], strays6: [] };

/** A container's address on an unmanaged network, and the bridge by which its packets come. */
export interface Stray {
  readonly address: string;
  readonly bridge: string;
}

export function straysAsElements(strays: readonly Stray[]): Strays {
  const of = (family: Family) =>
    strays
      .filter(({ address }) => familyOf(address) === family)
      .map(({ address, bridge }) => `${address} . ${quote(bridge)}`);
  return { strays4: of('ipv4'), strays6: of('ipv6') };
}

/** Until the containers have been looked at, what was stopped stays stopped. */
export function straysIn(listing: NftListing | null): Strays {
  return {
    strays4: listing?.elements['strays4'] ?? [],
    strays6: listing?.elements['strays6'] ?? [],
  };
}

export function straySets({ strays4, strays6 }: Strays): Readonly<Record<string, NftSet>> {
  return {
    strays4: exact('set', 'ipv4_addr . ifname', strays4),
    strays6: exact('set', 'ipv6_addr . ifname', strays6),
  };
}

/** For the forward hook: a drop here is final, whatever Docker's own chains accept. */
export const STRAY_RULES: readonly string[] = [
  `ip saddr . iifname @strays4 ${stop('drop_stray')}`,
  `ip6 saddr . iifname @strays6 ${stop('drop_stray')}`,
];
