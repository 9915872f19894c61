import { addressText, type Prefix, prefixRange } from './prefix.ts';

/** The fewest prefixes that hold exactly the addresses of `from` that are in none of `holes`; of one family. */
export function subtractPrefixes(from: Prefix, holes: readonly Prefix[]): readonly Prefix[] {
  const touching = holes.filter((hole) => overlap(from, hole));
  if (touching.length === 0) return [from];
  if (touching.some((hole) => coversPrefix(hole, from))) return [];
  return halves(from).flatMap((half) => subtractPrefixes(half, touching));
}

/** Without those that another of the list holds already; of one family, in order of address. */
export function withoutCoveredPrefixes(prefixes: readonly Prefix[]): readonly Prefix[] {
  const ordered = prefixes
    .map((prefix) => ({ prefix, ...prefixRange(prefix) }))
    .toSorted((a, b) => sign(a.first - b.first) || sign(b.last - a.last));
  const kept: Prefix[] = [];
  let end = -1n;
  for (const { prefix, last } of ordered) {
    if (last <= end) continue;
    kept.push(prefix);
    end = last;
  }
  return kept;
}

export function overlap(a: Prefix, b: Prefix): boolean {
  const x = prefixRange(a);
  const y = prefixRange(b);
  return x.family === y.family && x.first <= y.last && y.first <= x.last;
}

export function coversPrefix(outer: Prefix, inner: Prefix): boolean {
  const x = prefixRange(outer);
  const y = prefixRange(inner);
  return x.family === y.family && x.first <= y.first && y.last <= x.last;
}

function halves(prefix: Prefix): readonly Prefix[] {
  const { family, first, last, length } = prefixRange(prefix);
  const middle = first + (last - first + 1n) / 2n;
  return [first, middle].map((start) => `${addressText(family, start)}/${length + 1}` as Prefix);
}

function sign(value: bigint): number {
  return value === 0n ? 0 : value < 0n ? -1 : 1;
}
