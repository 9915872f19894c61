import ipaddr from 'ipaddr.js';
import { cidr4, parseCidr4 } from './cidr4.ts';
import { AddressError, parseIpv4 } from './ipv4.ts';
import { familyOf } from './ipv6.ts';

/** A prefix of either family with its length, `192.0.2.0/24` or `2001:db8::/32` (RFC 5952), host bits zero. */
export type Prefix = string & { readonly __brand: 'Prefix' };

/** First and last address of a prefix as unsigned numbers, both included. */
export interface PrefixRange {
  readonly family: 'ipv4' | 'ipv6';
  readonly length: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** Bits of an address. */
const BITS = { ipv4: 32, ipv6: 128 } as const;

/**
 * Reads a prefix of either family; an address alone is the prefix that holds nothing else.
 * @throws AddressError
 */
export function parsePrefix(text: string): Prefix {
  if (text.includes(':')) return parsePrefix6(text);
  const prefix = text.includes('/') ? parseCidr4(text) : cidr4(parseIpv4(text), 32);
  return prefix as string as Prefix;
}

function parsePrefix6(text: string): Prefix {
  const [address = '', length = '128', ...rest] = text.split('/');
  // A zone (`%eth0`) names an interface, and an embedded IPv4 address is one of the other family.
  if (!ipaddr.IPv6.isValid(address) || /[.%]/.test(address) || rest.length > 0) {
    throw new AddressError('is not a prefix such as 2001:db8::/32');
  }
  if (!/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > BITS.ipv6) {
    throw new AddressError(`has the prefix length ${length}, which is not between 0 and 128`);
  }
  const given = toNumber(ipaddr.IPv6.parse(address).toByteArray());
  const size = 2n ** BigInt(BITS.ipv6 - Number(length));
  const canonical = `${addressText('ipv6', given - (given % size))}/${length}`;
  if (given % size !== 0n) throw new AddressError(`has host bits set; did you mean ${canonical}`);
  // Unspecified, loopback and IPv4-mapped addresses (RFC 4291, 2.5), of which none is a destination.
  if (Number(length) >= 32 && given >> 96n === 0n) throw new AddressError('is a reserved prefix');
  return canonical as Prefix;
}

/** The prefix of this length that holds an address, which the kernel has told us. */
export function prefixHolding(address: string, length: number): Prefix {
  const family = familyOf(address);
  const value = addressValue(address);
  const size = 2n ** BigInt(BITS[family] - length);
  return `${addressText(family, value - (value % size))}/${length}` as Prefix;
}

export function prefixRange(prefix: Prefix): PrefixRange {
  const [address = '', length] = prefix.split('/');
  const family = familyOf(address);
  const first = addressValue(address);
  const size = 2n ** BigInt(BITS[family] - Number(length));
  return { family, length: Number(length), first, last: first + size - 1n };
}

export function inPrefix(address: string, prefix: Prefix): boolean {
  const { family, first, last } = prefixRange(prefix);
  const value = addressValue(address);
  return familyOf(address) === family && value >= first && value <= last;
}

/** The address at an offset from the first one; negative offsets count from behind the last. */
export function addressIn(prefix: Prefix, offset: number): string {
  const { family, first, last } = prefixRange(prefix);
  return addressText(family, offset >= 0 ? first + BigInt(offset) : last + 1n + BigInt(offset));
}

/** An address of either family as an unsigned number. */
export function addressValue(address: string): bigint {
  return toNumber(ipaddr.parse(address).toByteArray());
}

/** An address as text, IPv6 in the shortest form (RFC 5952); the caller keeps the number in range. */
export function addressText(family: PrefixRange['family'], value: bigint): string {
  const bytes = Array.from({ length: BITS[family] / 8 }, (_, index) =>
    Number((value >> BigInt(BITS[family] - 8 * (index + 1))) & 0xffn),
  );
  const address = ipaddr.fromByteArray(bytes);
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}

/**
 * A range of addresses as nft prints one: as an address alone, as a prefix where it is one, or as first
 * and last.
 */
export function rangeText(
  family: PrefixRange['family'],
  { first, last }: Pick<PrefixRange, 'first' | 'last'>,
): string {
  const text = addressText(family, first);
  if (first === last) return text;
  const size = last - first + 1n;
  const isPrefix = (size & (size - 1n)) === 0n && first % size === 0n;
  if (!isPrefix) return `${text}-${addressText(family, last)}`;
  return `${text}/${BITS[family] - (size.toString(2).length - 1)}`;
}

function toNumber(bytes: readonly number[]): bigint {
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}
