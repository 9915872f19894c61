import { AddressError } from './ipv4.ts';
import type { Prefix } from './prefix.ts';

/**
 * What a network's containers may reach before its own lists are looked at.
 * - `internet-only`: nothing private, nothing link-local, none of the host's neighbours.
 * - `lan-allowed`: everything but link-local addresses.
 * - `any`: everything.
 * Metadata services of cloud providers are denied by all three.
 */
export const PRESETS = ['internet-only', 'lan-allowed', 'any'] as const;
export type Preset = (typeof PRESETS)[number];

/** A service of the host, such as `tcp/53`. */
export type HostService = string & { readonly __brand: 'HostService' };

/** Where the containers of a network may connect to. The most specific prefix decides. */
export interface Destinations {
  readonly preset: Preset;
  readonly allow: readonly Prefix[];
  readonly deny: readonly Prefix[];
  /** Services of the host itself; all others are denied. */
  readonly hostServices: readonly HostService[];
}

/** As a Docker network of one's own: whoever comes from there finds the LAN as it was. */
export const DEFAULT_DESTINATIONS: Destinations = {
  preset: 'lan-allowed',
  allow: [],
  deny: [],
  hostServices: [],
};

/** @throws AddressError */
export function parseHostService(text: string): HostService {
  const port = /^(?:tcp|udp)\/([1-9]\d{0,4})$/.exec(text)?.[1];
  if (port === undefined || Number(port) > 65_535) {
    throw new AddressError('is not a protocol and a port such as tcp/53');
  }
  return text as HostService;
}

/** Prefixes that are allowed and denied at once, of which neither is the more specific one. */
export function contradictions({
  allow,
  deny,
}: Pick<Destinations, 'allow' | 'deny'>): readonly Prefix[] {
  return allow.filter((prefix) => deny.includes(prefix));
}
