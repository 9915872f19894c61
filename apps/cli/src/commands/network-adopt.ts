import { ENDPOINTS } from '@sallyport/contract/endpoints';
import { networkAdoptSchema } from '@sallyport/contract/network';
import { parseInput } from '@sallyport/contract/parse';
import { defineCommand } from '../command.ts';
import { BANDWIDTH_OPTIONS, bandwidthFields } from '../bandwidth.ts';
import { DESTINATION_OPTIONS, destinationFields } from '../destinations.ts';
import {
  ASSIGN,
  EGRESS_IP,
  EGRESS_IP6,
  egressFields,
  NAME,
  FALLBACK,
  fallbackField,
  NETWORK_FIELDS,
  ON_CHANGE,
  STRICT_OPTIONS,
  strictField,
  WAY_OPTIONS,
  wayFields,
} from '../options.ts';
import { dockerRunLine, renderStanding } from '../views/network.ts';

export const networkAdopt = defineCommand({
  description:
    'Takes over a Docker network that was made by hand, with its iptables SNAT rules. Its containers\n' +
    'go on; the old rules are removed last. `network list --adoptable` shows what can be adopted.',
  argument: NAME,
  options: {
    'egress-ip': { ...EGRESS_IP, required: true },
    'egress-ip6': EGRESS_IP6,
    fallback: FALLBACK,
    assign: ASSIGN,
    'on-change': ON_CHANGE,
    ...WAY_OPTIONS,
    ...DESTINATION_OPTIONS,
    ...STRICT_OPTIONS,
    ...BANDWIDTH_OPTIONS,
  },
  examples: [
    'sallyport network list --adoptable',
    'sallyport network adopt z_custom_a --egress-ip 192.168.4.153',
  ],
  fields: NETWORK_FIELDS,
  run: async (context, { argument, options }) => {
    const params = parseInput(ENDPOINTS.adoptNetwork.params, { name: argument });
    const body = parseInput(networkAdoptSchema, {
      egress: egressFields({ ipv4: options['egress-ip'], ipv6: options['egress-ip6'] }),
      ...fallbackField(options.fallback),
      ...(options.assign !== undefined && { assign: options.assign }),
      ...(options['on-change'] !== undefined && { onChange: options['on-change'] }),
      ...wayFields(options),
      ...destinationFields(options),
      ...strictField(options),
      ...bandwidthFields(options),
    });
    const adopted = await context.during(
      `Adopting ${params.name}`,
      context.call('adoptNetwork', { params, body }),
    );
    return {
      json: adopted,
      text: () =>
        [
          `Adopted ${adopted.name}: subnet ${adopted.subnet}, bridge ${adopted.bridge}.`,
          renderStanding(context.style, adopted),
          '',
          `Use it:  ${dockerRunLine(adopted)}`,
          '',
        ].join('\n'),
    };
  },
});
