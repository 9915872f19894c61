import type { NetworkCreateInput, NetworkView } from '@sallyport/contract/network';
import { type Preset, PRESETS } from '@sallyport/core/destinations';
import type { OptionSpec } from './command.ts';

/** Where containers may connect to: options, and what `network show` says of it. */
export const DESTINATION_OPTIONS = {
  preset: {
    value: 'PRESET',
    summary: 'What its containers may reach: internet-only, lan-allowed (default) or any',
    offer: PRESETS,
  },
  allow: {
    value: 'CIDR',
    summary: 'Prefix to allow, may be given several times; the longest prefix decides; none: empty',
    repeat: true,
  },
  deny: {
    value: 'CIDR',
    summary: 'Prefix to deny, may be given several times; none: empty',
    repeat: true,
  },
  'host-service': {
    value: 'SERVICE',
    summary:
      'Service of the host to allow, such as udp/53, may be given several times; none: empty',
    repeat: true,
  },
} as const satisfies Record<string, OptionSpec>;

/** Paths of the fields that those options set. */
export const DESTINATION_FIELDS = {
  'destinations.preset': '--preset',
  'destinations.allow': '--allow',
  'destinations.deny': '--deny',
  'destinations.hostServices': '--host-service',
} as const;

interface DestinationOptions {
  readonly preset: string | undefined;
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly 'host-service': readonly string[];
}

/** Only what was given; checked afterwards by the contract's schema. */
export function destinationFields(
  options: DestinationOptions,
): Pick<Partial<NetworkCreateInput>, 'destinations'> {
  const { preset, allow, deny, 'host-service': hostServices } = options;
  const destinations = {
    ...(preset !== undefined && { preset: preset as Preset }),
    ...(allow.length > 0 && { allow: listOf(allow) }),
    ...(deny.length > 0 && { deny: listOf(deny) }),
    ...(hostServices.length > 0 && { hostServices: listOf(hostServices) }),
  };
  return Object.keys(destinations).length === 0 ? {} : { destinations };
}

/** `none` alone is the empty list: a list that is not named stays as it is. */
function listOf(given: readonly string[]): string[] {
  return given.length === 1 && given[0] === 'none' ? [] : [...given];
}

const REACHES: Readonly<Record<Preset, string>> = {
  'internet-only': 'the internet; nothing private, no neighbour of the host',
  'lan-allowed': 'everything but link-local addresses and metadata services',
  any: 'everything but metadata services',
};

/** Lines of `network show`. */
export function destinationPairs({
  preset,
  allow,
  deny,
  hostServices,
}: NetworkView['destinations']): readonly (readonly [string, string])[] {
  return [
    ['Reaches', `${REACHES[preset]} (${preset})`],
    ...(allow.length > 0 ? [['Allowed', allow.join(', ')] as const] : []),
    ...(deny.length > 0 ? [['Denied', deny.join(', ')] as const] : []),
    ['Host', hostServices.join(', ') || 'none of its services'],
  ];
}
