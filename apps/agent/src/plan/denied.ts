import type { Destinations, Preset } from '@sallyport/core/destinations';
import { type Interval, longestPrefixIntervals } from '@sallyport/core/longest-prefix';
import {
  type Prefix,
  prefixHolding,
  type PrefixRange,
  prefixRange,
  rangeText,
} from '@sallyport/core/prefix';
import type { Link } from '../ports/routing.ts';

/** Why a destination is denied: each has a counter of its own. */
export const DENIALS = ['metadata', 'special', 'private', 'denied'] as const;
export type Denial = (typeof DENIALS)[number];

/** Addresses that are denied, with their spelling in nft. */
export interface DeniedRange extends Interval<Denial> {
  readonly text: string;
}

/** What a network's containers may not connect to, disjoint and in order. */
export interface Denied {
  readonly ipv4: readonly DeniedRange[];
  readonly ipv6: readonly DeniedRange[];
}

/** Answers by the destinations of a network; most networks have the same, so each is looked at once. */
export function denials(neighbours: readonly Prefix[]): (destinations: Destinations) => Denied {
  const known = new Map<string, Denied>();
  return (destinations) => {
    const { preset, allow, deny } = destinations;
    const key = [preset, ...allow, '-', ...deny].join(' ');
    const denied = known.get(key) ?? deniedBy(destinations, neighbours);
    known.set(key, denied);
    return denied;
  };
}

/** Where cloud providers give a host's secrets to whoever asks: as good as everywhere, and of Amazon by IPv6. */
const METADATA = ['169.254.169.254/32', 'fd00:ec2::254/128'] as Prefix[];
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'] as Prefix[];
/** RFC 1918, RFC 6598 and RFC 4193. */
const PRIVATE = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
] as Prefix[];

interface Rule {
  readonly range: PrefixRange;
  readonly verdict: Denial | 'allow';
}

/**
 * Pure: the most specific prefix decides, whether it is the preset's or the network's own; of two equal
 * ones the network's own.
 * @param neighbours prefixes of the host's own links
 */
export function deniedBy(
  { preset, allow, deny }: Pick<Destinations, 'preset' | 'allow' | 'deny'>,
  neighbours: readonly Prefix[],
): Denied {
  const rules: readonly Rule[] = [
    ...presetRules(preset, neighbours),
    ...allow.map((prefix) => rule(prefix, 'allow')),
    ...deny.map((prefix) => rule(prefix, 'denied')),
  ];
  const of = (family: PrefixRange['family']): readonly DeniedRange[] =>
    longestPrefixIntervals(rules.filter(({ range }) => range.family === family)).flatMap(
      ({ first, last, verdict }) =>
        verdict === 'allow'
          ? []
          : [{ first, last, verdict, text: rangeText(family, { first, last }) }],
    );
  return { ipv4: of('ipv4'), ipv6: of('ipv6') };
}

function presetRules(preset: Preset, neighbours: readonly Prefix[]): readonly Rule[] {
  const metadata = METADATA.map((prefix) => rule(prefix, 'metadata'));
  if (preset === 'any') return metadata;
  const special = LINK_LOCAL.map((prefix) => rule(prefix, 'special'));
  if (preset === 'lan-allowed') return [...special, ...metadata];
  const ranges = PRIVATE.map((prefix) => rule(prefix, 'private'));
  // Neighbours within a private range must not outbid somebody who allows just that range.
  const others = neighbours
    .map((prefix) => rule(prefix, 'private'))
    .filter((one, index, all) => {
      const wider = [...ranges, ...special, ...all.filter((_, other) => other !== index)];
      return !wider.some((two) => isWithin(one, two));
    });
  return [...others, ...ranges, ...special, ...metadata];
}

function rule(prefix: Prefix, verdict: Rule['verdict']): Rule {
  return { range: prefixRange(prefix), verdict };
}

function isWithin({ range }: Rule, { range: outer }: Rule): boolean {
  return range.family === outer.family && outer.first <= range.first && range.last <= outer.last;
}

/** Prefixes that the host reaches without a router, each once: who is there is its neighbour. */
export function neighboursOf(uplinks: readonly Link[]): readonly Prefix[] {
  const prefixes = uplinks.flatMap(({ addresses }) =>
    addresses
      .filter(({ prefix }) => prefix > 0)
      .map(({ address, prefix }) => prefixHolding(address, prefix)),
  );
  return [...new Set(prefixes)].toSorted();
}
