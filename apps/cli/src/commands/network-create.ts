import { networkCreateSchema } from '@sallyport/contract/network';
import { parseInput } from '@sallyport/contract/parse';
import { defineCommand } from '../command.ts';
import { BANDWIDTH_OPTIONS, bandwidthFields } from '../bandwidth.ts';
import { DESTINATION_OPTIONS, destinationFields } from '../destinations.ts';
import {
  ASSIGN,
  EGRESS_IP,
  EGRESS_IP6,
  egressFields,
  FALLBACK,
  fallbackField,
  NETWORK_FIELDS,
  ON_CHANGE,
  STRICT_OPTIONS,
  strictField,
  WAY_OPTIONS,
  wayFields,
} from '../options.ts';
import { dockerRunLine, renderStanding, subnetsText } from '../views/network.ts';

export const networkCreate = defineCommand({
  description:
    'Creates a network, and with it a Docker network of the same name, whose containers leave by one\n' +
    'address of this host. Answers when the guard, the routes and the Docker network are in place.',
  argument: { label: 'NAME', summary: 'Letters, digits, "_", "." and "-"', count: 'one' },
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
    subnet: { value: 'CIDR', summary: "Subnet; default: the next free one of the agent's pool" },
    subnet6: { value: 'CIDR', summary: 'As --subnet, for IPv6' },
  },
  examples: [
    'sallyport network create z_custom_a --egress-ip 192.168.4.153',
    'sallyport network create z_custom_b --egress-ip 192.168.56.103 --gateway 192.168.56.1',
    'sallyport network create dual --egress-ip 192.168.4.153 --egress-ip6 2001:db8:4::53',
    'sallyport network create own --egress-ip 192.168.4.160 --egress-ip 192.168.4.161 --assign per-container',
    'sallyport network create mail --egress-ip 192.168.4.154 --subnet 172.19.0.0/24 --dns 9.9.9.9',
  ],
  fields: NETWORK_FIELDS,
  run: async (context, { argument, options }) => {
    const body = parseInput(networkCreateSchema, {
      name: argument,
      egress: egressFields({ ipv4: options['egress-ip'], ipv6: options['egress-ip6'] }),
      ...fallbackField(options.fallback),
      ...(options.assign !== undefined && { assign: options.assign }),
      ...(options['on-change'] !== undefined && { onChange: options['on-change'] }),
      ...wayFields(options),
      ...destinationFields(options),
      ...strictField(options),
      ...bandwidthFields(options),
      ...(options.subnet !== undefined && { subnet: options.subnet }),
      ...(options.subnet6 !== undefined && { subnet6: options.subnet6 }),
    });
    const made = await context.during(
      `Creating ${body.name}`,
      context.call('createNetwork', { body }),
    );
    return {
      json: made,
      text: () =>
        [
          `Created ${made.name}: ${subnetsText(made)}, bridge ${made.bridge}.`,
          renderStanding(context.style, made),
          '',
          `Use it:  ${dockerRunLine(made)}`,
          '',
        ].join('\n'),
    };
  },
});
