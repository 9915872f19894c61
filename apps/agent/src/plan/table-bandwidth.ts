import type { NetworkSpec } from '@sallyport/core/network';
import type { NftLimit, NftSet } from '../ports/nft.ts';
import { bytesOf } from './plan-bandwidth.ts';
import { exact, quote, stop } from './table-text.ts';

/*
 * What containers send is limited here: it arrives at the bridge, where Linux has no queue for it. One
 * limit for each network that has one, found by its bridge, so that the rule is the same for all.
 */

/** It must hold a packet of 64 KiB, which is cut to pieces only on its way out (GSO). */
const LEAST_BURST = 65_536;
const MOST_BURST = 262_144;

type Limited = Pick<NetworkSpec, 'id' | 'bridge' | 'bandwidth'>;

export function uploadLimits(specs: readonly Limited[]): Readonly<Record<string, NftLimit>> {
  return Object.fromEntries(
    specs.flatMap((spec) => {
      const { upload } = spec.bandwidth;
      if (upload === null) return [];
      const rate = bytesOf(upload);
      const burst = Math.min(MOST_BURST, Math.max(LEAST_BURST, Math.floor(rate / 4)));
      return [[nameOf(spec), { rate, burst }] as const];
    }),
  );
}

/** The limit of each bridge that has one. */
export function uploadSet(specs: readonly Limited[]): NftSet {
  const limited = specs.filter(({ bandwidth }) => bandwidth.upload !== null);
  return exact(
    'map',
    'ifname : limit',
    limited.map((spec) => `${quote(spec.bridge)} : "${nameOf(spec)}"`),
  );
}

/** By the network's id: a bridge may be called what nft takes for something else. */
function nameOf({ id }: Limited): string {
  return `upload_${id.replaceAll(/\W/g, '_')}`;
}

/** In the chain `from_container`, last of all: what goes out after all. */
export const UPLOAD_RULE = `limit name iifname map @uploads ${stop('drop_upload')}`;
