import { parseHostService } from '@sallyport/core/destinations';
import { AddressError, type Ipv4, ipv4Kind, parseIpv4 } from '@sallyport/core/ipv4';
import {
  type Cidr4,
  contains,
  networkAddress,
  parseCidr4,
  prefixLength,
} from '@sallyport/core/cidr4';
import { addressKind, type Ipv6, parseIpv6 } from '@sallyport/core/ipv6';
import { NameError, parseNetworkName } from '@sallyport/core/network-name';
import { parsePrefix, type Prefix, prefixRange } from '@sallyport/core/prefix';
import * as z from 'zod';

/**
 * Fields with a format of their own, checked by core's parsers. Each issue carries its remedy in
 * `params.remedy`, from which {@link file://./parse.ts} builds the field error.
 */
function parsed<T extends string>(parse: (text: string) => T, remedy: string, meta: z.GlobalMeta) {
  return z
    .string()
    .max(255)
    .transform((text, context): T => {
      try {
        return parse(text);
      } catch (error) {
        if (!(error instanceof AddressError) && !(error instanceof NameError)) throw error;
        context.issues.push({
          code: 'custom',
          input: text,
          message: error.message,
          params: { remedy },
        });
        return z.NEVER;
      }
    })
    .meta(meta);
}

const ADDRESS_REMEDY = 'give one IPv4 address, for example 192.0.2.10';
const SUBNET_REMEDY = 'give an IPv4 prefix, for example 172.19.0.0/16, or leave it out';

export const networkNameField = parsed(parseNetworkName, 'choose a name such as z_custom_a', {
  description: 'Name of the network and of its Docker network',
  examples: ['z_custom_a'],
});

export const ipv4Field = parsed(parseIpv4, ADDRESS_REMEDY, {
  description: 'IPv4 address',
  examples: ['192.0.2.10'],
});

export const prefixField = parsed(
  parsePrefix,
  'give a prefix, for example 192.0.2.0/24 or 2001:db8::/32',
  { description: 'IPv4 or IPv6 prefix; an address alone is a prefix', examples: ['192.0.2.0/24'] },
);

export const hostServiceField = parsed(
  parseHostService,
  'give tcp or udp and a port, for example udp/53',
  { description: 'A service of the host: protocol and port', examples: ['udp/53'] },
);

/** Kinds (RFC 6890) of which no packet can be sent by a host to another network. */
const NOT_EGRESS = new Set(['unspecified', 'broadcast', 'multicast', 'linkLocal', 'loopback']);
/** Class E: Linux sends to it, but routers drop it. Documentation ranges are used in labs, so they are fine. */
const RESERVED = parseCidr4('240.0.0.0/4');

function refuseKind(address: Ipv4, what: string): void {
  const kind = ipv4Kind(address);
  if (NOT_EGRESS.has(kind)) throw new AddressError(`is ${aKind(kind)} ${what}`);
  if (contains(RESERVED, address)) throw new AddressError(`is a reserved ${what}`);
}

export const egressAddressField = parsed(
  parseEgressAddress,
  'give an address that an interface of this host has; `sallyport host` lists them',
  {
    description: 'Egress address: an IPv4 address that an interface of the host has or will have',
    examples: ['192.168.4.153'],
  },
);

export const gatewayField = parsed(
  parseEgressAddress,
  'give the IPv4 address of the router on the uplink, or leave it out',
  {
    description: "The uplink's router",
    examples: ['192.168.56.1'],
  },
);

export const egressAddress6Field = parsed(
  parseEgressAddress6,
  'give an IPv6 address that an interface of this host has; `sallyport host` lists them',
  {
    description: 'Egress address: an IPv6 address that an interface of the host has or will have',
    examples: ['2001:db8:4::53'],
  },
);

export const gateway6Field = parsed(
  parseIpv6,
  'give the IPv6 address of the router on the uplink, or leave it out',
  { description: "The uplink's IPv6 router; it may be link-local", examples: ['fe80::1'] },
);

/** Shorter is no subnet but a site; of a longer one Docker gives no address (its allocator counts to 2^32). */
const SUBNET6 = { shortest: 48, longest: 112 } as const;

export const subnet6Field = parsed(
  parseSubnet6,
  'give an IPv6 prefix, for example fd73:616c:6c79:7::/64, or leave it out',
  {
    description: `IPv6 subnet of the Docker network, prefix length ${SUBNET6.shortest} to ${SUBNET6.longest}`,
    examples: ['fd73:616c:6c79:7::/64'],
  },
);

/** 8 keeps whole /8 networks possible; 29 is the smallest that holds bridge, probe and a container. */
const LONGEST_SUBNET = 29;
const SHORTEST_SUBNET = 8;

export const subnetField = parsed(parseSubnet, SUBNET_REMEDY, {
  description: `Subnet of the Docker network, prefix length ${SHORTEST_SUBNET} to ${LONGEST_SUBNET}`,
  examples: ['172.19.0.0/16'],
});

function parseEgressAddress(text: string): Ipv4 {
  const address = parseIpv4(text);
  refuseKind(address, 'address');
  return address;
}

function parseEgressAddress6(text: string): Ipv6 {
  const address = parseIpv6(text);
  const kind = addressKind(address);
  if (NOT_EGRESS.has(kind)) throw new AddressError(`is ${aKind(kind)} address`);
  return address;
}

function parseSubnet6(text: string): Prefix {
  const subnet = parsePrefix(text);
  const { family, length } = prefixRange(subnet);
  if (family === 'ipv4') throw new AddressError('is an IPv4 prefix where an IPv6 one is expected');
  if (length < SUBNET6.shortest || length > SUBNET6.longest) {
    throw new AddressError(`has a prefix length outside ${SUBNET6.shortest} to ${SUBNET6.longest}`);
  }
  return subnet;
}

function parseSubnet(text: string): Cidr4 {
  const subnet = parseCidr4(text);
  const length = prefixLength(subnet);
  if (length < SHORTEST_SUBNET || length > LONGEST_SUBNET) {
    throw new AddressError(`has a prefix length outside ${SHORTEST_SUBNET} to ${LONGEST_SUBNET}`);
  }
  refuseKind(networkAddress(subnet), 'range');
  return subnet;
}

/** ipaddr.js names kinds in camel case. */
function aKind(kind: string): string {
  const words = kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
}
