import ipaddr from 'ipaddr.js';
import { AddressError, type Ipv4 } from './ipv4.ts';

export type Family = 'ipv4' | 'ipv6';

/** An IPv6 address in the shortest text (RFC 5952), made only by {@link parseIpv6}. */
export type Ipv6 = string & { readonly __brand: 'Ipv6' };

/** The family of an address or prefix that was parsed, or that the kernel has printed. */
export function familyOf(text: string): Family {
  return text.includes(':') ? 'ipv6' : 'ipv4';
}

/**
 * Reads an IPv6 address. Strict: no zone, which names an interface, and no embedded IPv4 address, which
 * is one of the other family.
 * @throws AddressError
 */
export function parseIpv6(text: string): Ipv6 {
  if (ipaddr.IPv4.isValid(text)) {
    throw new AddressError('is an IPv4 address where an IPv6 address is expected');
  }
  if (text.includes('/')) throw new AddressError('is a prefix where a single address is expected');
  if (!ipaddr.IPv6.isValid(text) || /[.%]/.test(text)) {
    throw new AddressError('is not an IPv6 address such as 2001:db8::10');
  }
  return ipaddr.IPv6.parse(text).toRFC5952String() as Ipv6;
}

/** IANA special-purpose kinds (RFC 6890) as ipaddr.js names them: 'unicast', 'uniqueLocal', 'loopback' … */
export function addressKind(address: Ipv4 | Ipv6): string {
  return ipaddr.parse(address).range();
}
