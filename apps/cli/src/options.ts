import type { NetworkCreateInput } from '@sallyport/contract/network';
import type { ArgumentSpec, OptionSpec } from './command.ts';
import { DESTINATION_FIELDS } from './destinations.ts';

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
  dns: {
    value: 'ADDR',
    summary: 'Name server for its containers, may be given up to 6 times; none: no name server',
    repeat: true,
  },
} as const satisfies Record<string, OptionSpec>;

export const EGRESS_IP = {
  value: 'ADDR',
  summary: 'Address of this host by which the network leaves',
  offer: 'address',
} as const satisfies OptionSpec;

/** Paths of the fields that those options set. */
export const NETWORK_FIELDS = {
  name: 'NAME',
  egress: '--egress-ip',
  route: '--route',
  gateway: '--gateway',
  subnet: '--subnet',
  dns: '--dns',
  ...DESTINATION_FIELDS,
} as const;

interface WayOptions {
  readonly route: string | undefined;
  readonly gateway: string | undefined;
  readonly dns: readonly string[];
}

/** Only what was given; checked afterwards by the contract's schema. */
export function wayFields({ route, gateway, dns }: WayOptions): Partial<NetworkCreateInput> {
  return {
    ...(route !== undefined && { route: route as NonNullable<NetworkCreateInput['route']> }),
    ...(gateway !== undefined && { gateway: gateway === 'auto' ? null : gateway }),
    ...(dns.length > 0 && { dns: dns.length === 1 && dns[0] === 'none' ? [] : [...dns] }),
  };
}
