import { ENDPOINTS } from '@sallyport/contract/endpoints';
import { parseInput } from '@sallyport/contract/parse';
import { defineCommand } from '../command.ts';
import { NAME, NETWORK_FIELDS } from '../options.ts';

export const networkDelete = defineCommand({
  description:
    'Deletes a network with its Docker network. Refused while a container is attached to it.',
  argument: NAME,
  options: {},
  examples: ['sallyport network delete z_custom_a'],
  fields: NETWORK_FIELDS,
  run: async ({ call, during }, { argument }) => {
    const params = parseInput(ENDPOINTS.deleteNetwork.params, { name: argument });
    const gone = await during(`Deleting ${params.name}`, call('deleteNetwork', { params }));
    return { json: gone, text: () => `Deleted ${gone.name}.\n` };
  },
});
