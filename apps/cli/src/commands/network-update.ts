import { ENDPOINTS } from '@sallyport/contract/endpoints';
import { networkUpdateSchema } from '@sallyport/contract/network';
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
import { badInput } from '../show-error.ts';
import { renderStanding } from '../views/network.ts';

export const networkUpdate = defineCommand({
  description:
    'Changes a network; what is not named stays. When the command ends, no packet leaves by a former\n' +
    'address, and connections that used it are cut, unless the network drains: see --on-change.',
  argument: NAME,
  options: {
    'egress-ip': EGRESS_IP,
    'egress-ip6': { ...EGRESS_IP6, summary: 'Address for IPv6; none: nothing of IPv6 leaves' },
    fallback: FALLBACK,
    assign: ASSIGN,
    'on-change': ON_CHANGE,
    ...WAY_OPTIONS,
    ...DESTINATION_OPTIONS,
    ...STRICT_OPTIONS,
    ...BANDWIDTH_OPTIONS,
  },
  examples: [
    'sallyport network update z_custom_a --egress-ip 192.168.4.154',
    'sallyport network update z_custom_b --gateway auto --dns 9.9.9.9 --dns 149.112.112.112',
    'sallyport network update z_custom_a --preset internet-only --allow 192.168.4.20/32',
  ],
  fields: NETWORK_FIELDS,
  run: async (context, { argument, options }) => {
    const params = parseInput(ENDPOINTS.updateNetwork.params, { name: argument });
    const egress = egressFields({ ipv4: options['egress-ip'], ipv6: options['egress-ip6'] });
    const change = {
      ...(Object.keys(egress).length > 0 && { egress }),
      ...fallbackField(options.fallback),
      ...(options.assign !== undefined && { assign: options.assign }),
      ...(options['on-change'] !== undefined && { onChange: options['on-change'] }),
      ...wayFields(options),
      ...destinationFields(options),
      ...strictField(options),
      ...bandwidthFields(options),
    };
    if (Object.keys(change).length === 0) {
      throw badInput('OPTIONS', undefined, {
        message: 'name nothing to change',
        remedy:
          'give at least one of --egress-ip, --egress-ip6, --fallback, --assign, --on-change, --route, --gateway, --gateway6, --dns, --preset, --allow, --deny, --host-service, --strict, --no-strict, --upload, --download',
      });
    }
    const body = parseInput(networkUpdateSchema, change);
    const updated = await context.during(
      `Updating ${params.name}`,
      context.call('updateNetwork', { params, body }),
    );
    return {
      json: updated,
      text: () => `Updated ${updated.name}.\n${renderStanding(context.style, updated)}\n`,
    };
  },
});
