import { mergedDestinationsSchema } from '@sallyport/contract/destinations';
import type { NetworkUpdate } from '@sallyport/contract/network';
import { parseInput } from '@sallyport/contract/parse';
import type { Destinations } from '@sallyport/core/destinations';

/**
 * Pure: the destinations after a change. A list that is named replaces the one that was there.
 * @throws SallyportError `invalid_input` where the whole contradicts itself
 */
export function mergeDestinations(
  before: Destinations,
  { preset, allow, deny, hostServices }: NonNullable<NetworkUpdate['destinations']> = {},
): Destinations {
  return parseInput(mergedDestinationsSchema, {
    destinations: {
      preset: preset ?? before.preset,
      allow: allow ?? before.allow,
      deny: deny ?? before.deny,
      hostServices: hostServices ?? before.hostServices,
    },
  }).destinations;
}
