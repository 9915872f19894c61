import type { NetworkCreateInput } from '@sallyport/contract/network';
import type { ArgumentSpec, OptionSpec } from './command.ts';
import { BANDWIDTH_FIELDS } from './bandwidth.ts';
import { DESTINATION_FIELDS } from './destinations.ts';
import { badInput } from './show-error.ts';

/** Options that several commands share, and how they become fields of the contract. */
export const NAME: ArgumentSpec & { readonly count: 'one' } = {
  label: 'NAME',
  summary: 'Name of the network',
  count: 'one',
  offer: 'network',
};

export const WAY_OPTIONS = {
  route: {
    value: 'MODE',
    summary: 'uplink: by the interface that holds the address (default); main: by the main table',
    offer: ['uplink', 'main'],
  },
  gateway: {
    value: 'ADDR',
    summary: 'Router on the uplink; auto: the one in the routes of the host (default)',
    offer: ['auto'],
  },
  gateway6: {
    value: 'ADDR',
    summary: 'As --gateway, for IPv6',
    offer: ['auto'],
  },
  dns: {
    value: 'ADDR',
    summary: 'Name server for its containers, may be given up to 6 times; none: no name server',
    repeat: true,
  },
} as const satisfies Record<string, OptionSpec>;

export const EGRESS_IP = {
  value: 'ADDR',
  summary:
    'Address of this host by which it leaves; given several times, a pool for its containers',
  repeat: true,
  offer: 'address',
} as const satisfies OptionSpec;

export const FALLBACK = {
  value: 'ADDR',
  summary:
    'Address that stands in while the own one can not be used; again for a second one; none: nobody does',
  repeat: true,
  offer: 'address',
} as const satisfies OptionSpec;

/** Only what was given; `none` takes all away. */
export function fallbackField(given: readonly string[]) {
  if (given.length === 0) return {};
  return { fallback: given.length === 1 && given[0] === 'none' ? [] : [...given] };
}

export const ASSIGN = {
  value: 'HOW',
  summary:
    'shared: each container keeps one of the addresses (default); per-container: one of its own',
  offer: ['shared', 'per-container'],
} as const satisfies OptionSpec;

export const ON_CHANGE = {
  value: 'WHAT',
  summary:
    'When the address changes: reset: connections end (default); drain: they go on by the former one',
  offer: ['reset', 'drain'],
} as const satisfies OptionSpec;

export const EGRESS_IP6 = {
  value: 'ADDR',
  summary: 'Address of this host by which its IPv6 leaves; without one none leaves',
  offer: 'address',
} as const satisfies OptionSpec;

export const STRICT_OPTIONS = {
  strict: { summary: 'Stop what its containers send by unmanaged networks; else it is only told' },
  'no-strict': { summary: 'Only tell it (default)' },
} as const satisfies Record<string, OptionSpec>;

/** Which of the two came last is not known, so both are refused. @throws SallyportError `invalid_input` */
export function strictField(options: Record<'strict' | 'no-strict', boolean>) {
  if (options.strict && options['no-strict']) {
    throw badInput('--strict', undefined, {
      message: 'and --no-strict exclude each other',
      remedy: 'give one of the two',
    });
  }
  return {
    ...(options.strict && { strict: true }),
    ...(options['no-strict'] && { strict: false }),
  };
}

/** Paths of the fields that those options set. */
export const NETWORK_FIELDS = {
  name: 'NAME',
  egress: '--egress-ip',
  'egress.ipv6': '--egress-ip6',
  fallback: '--fallback',
  assign: '--assign',
  onChange: '--on-change',
  route: '--route',
  gateway: '--gateway',
  gateway6: '--gateway6',
  subnet: '--subnet',
  subnet6: '--subnet6',
  dns: '--dns',
  strict: '--strict',
  ...DESTINATION_FIELDS,
  ...BANDWIDTH_FIELDS,
} as const;

interface WayOptions {
  readonly route: string | undefined;
  readonly gateway: string | undefined;
  readonly gateway6: string | undefined;
  readonly dns: readonly string[];
}

/** Only what was given; checked afterwards by the contract's schema. */
export function wayFields(options: WayOptions): Partial<NetworkCreateInput> {
  const { route, gateway, gateway6, dns } = options;
  return {
    ...(route !== undefined && { route: route as NonNullable<NetworkCreateInput['route']> }),
    ...(gateway !== undefined && { gateway: gateway === 'auto' ? null : gateway }),
    ...(gateway6 !== undefined && { gateway6: gateway6 === 'auto' ? null : gateway6 }),
    ...(dns.length > 0 && { dns: dns.length === 1 && dns[0] === 'none' ? [] : [...dns] }),
  };
}

interface EgressOptions {
  readonly ipv4: readonly string[];
  readonly ipv6: string | undefined;
}

/** The addresses of both families; `none` for IPv6 takes its egress away. */
export function egressFields({ ipv4, ipv6 }: EgressOptions) {
  return {
    ...(ipv4.length > 0 && { ipv4: [...ipv4] }),
    ...(ipv6 !== undefined && { ipv6: ipv6 === 'none' ? [] : [ipv6] }),
  };
}
