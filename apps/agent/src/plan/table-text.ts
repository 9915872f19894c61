import type { NftChain, NftSet } from '../ports/nft.ts';

/* Small pieces of nft's language, shared by the files that describe the table. */

/** What the guard counts, by reason; also the keys of `drops` in the API. */
export const DROP_COUNTERS = [
  'drop_invalid',
  'drop_ipv6',
  'drop_spoofed',
  'drop_inside',
  'drop_special',
  'drop_metadata',
  'drop_private',
  'drop_denied',
  'drop_upload',
  'drop_host',
  'drop_untranslated',
  'drop_wrong_egress',
  'drop_refusal',
  'drop_stray',
] as const;

/** Counts and drops: the end of a rule. */
export function stop(counter: (typeof DROP_COUNTERS)[number]): string {
  return `counter name ${counter} drop`;
}

/** A chain that others jump to. */
export function jumped(rules: readonly string[]): NftChain {
  return { hook: null, rules };
}

/** A chain on a netfilter hook. */
export function hooked(hook: string, rules: readonly string[]): NftChain {
  return { hook, rules };
}

/** A hash set or map: elements are single values. */
export function exact(kind: NftSet['kind'], type: string, elements: readonly string[]): NftSet {
  return { kind, type, interval: false, elements: unique(elements) };
}

/** A set or map whose elements may be prefixes. */
export function interval(kind: NftSet['kind'], type: string, elements: readonly string[]): NftSet {
  return { kind, type, interval: true, elements: unique(elements) };
}

function unique(elements: readonly string[]): readonly string[] {
  return [...new Set(elements)];
}

/** An interface's name; names come from core's parser or from the kernel, and hold no quote. */
export function quote(name: string): string {
  return `"${name}"`;
}

/** A mark as nft prints it. */
export function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
