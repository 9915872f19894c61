import { ENDPOINTS } from '@sallyport/contract/endpoints';
import { parseInput } from '@sallyport/contract/parse';
import { defineCommand } from '../command.ts';
import { NAME, NETWORK_FIELDS } from '../options.ts';
import { renderNetwork } from '../views/network.ts';

export const networkShow = defineCommand({
  description: 'Shows a network: how it leaves, how it stands, and why.',
  argument: NAME,
  options: {},
  examples: ['sallyport network show z_custom_a', 'sallyport network show z_custom_a --json'],
  fields: NETWORK_FIELDS,
  run: async ({ call, style }, { argument }) => {
    const params = parseInput(ENDPOINTS.showNetwork.params, { name: argument });
    const network = await call('showNetwork', { params });
    return { json: network, text: () => renderNetwork(style, network) };
  },
});
