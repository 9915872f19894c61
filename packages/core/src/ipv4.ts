import ipaddr from 'ipaddr.js';

/** An IPv4 address in dotted-decimal text, made only by {@link parseIpv4}. */
export type Ipv4 = string & { readonly __brand: 'Ipv4' };

const DOT = '.'.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);

/** Why a text is not what was asked for: a sentence for a person, without the field's name. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/**
 * Reads an IPv4 address. Strict: four decimal numbers without leading zeros, because `010.0.0.1`
 * means 8.0.0.1 to inet_aton(3) and 10.0.0.1 to a person.
 * @throws AddressError
 */
export function parseIpv4(text: string): Ipv4 {
  if (ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text)) return text as Ipv4;
  if (ipaddr.IPv6.isValid(text)) {
    throw new AddressError('is an IPv6 address where an IPv4 address is expected');
  }
  if (text.includes('/')) throw new AddressError('is a prefix where a single address is expected');
  throw new AddressError('is not an IPv4 address such as 192.0.2.10');
}

/** The address as an unsigned 32-bit number. */
export function ipv4ToNumber(address: Ipv4): number {
  // The type says that it is well-formed, and this is asked thousands of times a look.
  let [value, part] = [0, 0];
  for (let index = 0; index < address.length; index++) {
    const code = address.charCodeAt(index);
    if (code === DOT) {
      value = value * 256 + part;
      part = 0;
    } else {
      part = part * 10 + code - ZERO;
    }
  }
  return value * 256 + part;
}

/** The address of an unsigned 32-bit number; the caller keeps the number in range. */
export function ipv4FromNumber(value: number): Ipv4 {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256);
  return bytes.join('.') as Ipv4;
}

/** IANA special-purpose kinds (RFC 6890) as ipaddr.js names them: 'unicast', 'private', 'loopback' … */
export function ipv4Kind(address: Ipv4): string {
  return ipaddr.IPv4.parse(address).range();
}
