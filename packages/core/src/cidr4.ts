import ipaddr from 'ipaddr.js';
import { AddressError, type Ipv4, ipv4FromNumber, ipv4ToNumber, parseIpv4 } from './ipv4.ts';

/** An IPv4 prefix such as `172.19.0.0/16`, host bits zero, made only by functions of this file. */
export type Cidr4 = string & { readonly __brand: 'Cidr4' };

/** First and last address of a prefix as unsigned numbers, both included. */
export interface Range4 {
  readonly first: number;
  readonly last: number;
}

/** What every prefix holds. */
export const EVERYTHING4 = '0.0.0.0/0' as Cidr4;

/**
 * Reads a prefix. Host bits must be zero, so that a mistyped prefix is told and not silently moved.
 * @throws AddressError
 */
export function parseCidr4(text: string): Cidr4 {
  const [address, length, ...rest] = text.split('/');
  if (address === undefined || length === undefined || rest.length > 0) {
    throw new AddressError('is not a prefix such as 172.19.0.0/16');
  }
  const ip = parseIpv4(address);
  if (!/^(0|[1-9]\d?)$/.test(length) || Number(length) > 32) {
    throw new AddressError(`has the prefix length ${length}, which is not between 0 and 32`);
  }
  const canonical = cidr4(ip, Number(length));
  if (canonical !== text) throw new AddressError(`has host bits set; did you mean ${canonical}`);
  return canonical;
}

/** The prefix of this length that holds the address. */
export function cidr4(address: Ipv4, length: number): Cidr4 {
  return `${ipaddr.IPv4.networkAddressFromCIDR(`${address}/${length}`).toString()}/${length}` as Cidr4;
}

export function prefixLength(cidr: Cidr4): number {
  return Number(cidr.slice(cidr.indexOf('/') + 1));
}

export function networkAddress(cidr: Cidr4): Ipv4 {
  return cidr.slice(0, cidr.indexOf('/')) as Ipv4;
}

export function range4(cidr: Cidr4): Range4 {
  const first = ipv4ToNumber(networkAddress(cidr));
  return { first, last: first + 2 ** (32 - prefixLength(cidr)) - 1 };
}

/** The address at an offset from the network address; negative offsets count from the end (-1 = broadcast). */
export function addressAt(cidr: Cidr4, offset: number): Ipv4 {
  const { first, last } = range4(cidr);
  return ipv4FromNumber(offset >= 0 ? first + offset : last + 1 + offset);
}

export function contains(cidr: Cidr4, address: Ipv4): boolean {
  const { first, last } = range4(cidr);
  const value = ipv4ToNumber(address);
  return value >= first && value <= last;
}

export function overlaps(a: Cidr4, b: Cidr4): boolean {
  const x = range4(a);
  const y = range4(b);
  return x.first <= y.last && y.first <= x.last;
}

export function covers(outer: Cidr4, inner: Cidr4): boolean {
  const x = range4(outer);
  const y = range4(inner);
  return x.first <= y.first && y.last <= x.last;
}

/** The fewest prefixes that hold exactly the addresses of `from` that are in none of `holes`. */
export function subtract(from: Cidr4, holes: readonly Cidr4[]): readonly Cidr4[] {
  const touching = holes.filter((hole) => overlaps(from, hole));
  if (touching.length === 0) return [from];
  if (touching.some((hole) => covers(hole, from))) return [];
  return halves(from).flatMap((half) => subtract(half, touching));
}

/** Without those that another of the list holds already; in order of address. */
export function withoutCovered(prefixes: readonly Cidr4[]): readonly Cidr4[] {
  // Ranges are read once for each prefix: thousands of them are compared with one another.
  const ordered = prefixes
    .map((prefix) => ({ prefix, ...range4(prefix) }))
    .toSorted((a, b) => a.first - b.first || b.last - a.last);
  const kept: Cidr4[] = [];
  let end = -1;
  for (const { prefix, last } of ordered) {
    if (last <= end) continue;
    kept.push(prefix);
    end = last;
  }
  return kept;
}

function halves(cidr: Cidr4): readonly [Cidr4, Cidr4] {
  const length = prefixLength(cidr) + 1;
  const { first, last } = range4(cidr);
  return [
    cidr4(ipv4FromNumber(first), length),
    cidr4(ipv4FromNumber(Math.ceil((first + last) / 2)), length),
  ];
}
