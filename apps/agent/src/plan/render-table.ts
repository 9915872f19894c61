import type { NftTable } from '../ports/nft.ts';
import type { Resolution } from './resolve.ts';
import { CHAINS, slotChains } from './table-chains.ts';
import { DESTINATION_CHAINS } from './table-destinations.ts';
import { tableSets } from './table-sets.ts';
import { NO_STRAYS, type Strays, straySets } from './table-strays.ts';
import { uploadLimits } from './table-bandwidth.ts';
import { DROP_COUNTERS } from './table-text.ts';

/**
 * The whole table as data. Everything that differs from network to network is an element of a set or
 * map, so that a packet's way through the rules is as long with 1,000 networks as with one.
 */
export function renderTable(resolution: Resolution, strays: Strays = NO_STRAYS): NftTable {
  return {
    counters: DROP_COUNTERS,
    sets: { ...tableSets(resolution), ...straySets(strays) },
    limits: uploadLimits(resolution.networks.map(({ spec }) => spec)),
    chains: {
      ...slotChains(resolution.slots.map(({ slot }) => slot)),
      ...DESTINATION_CHAINS,
      ...CHAINS,
    },
  };
}
