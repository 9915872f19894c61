import { ENDPOINTS } from '@sallyport/contract/endpoints';
import { parseInput } from '@sallyport/contract/parse';
import { defineCommand } from '../command.ts';
import { renderViolations } from '../views/violations.ts';

export const violations = defineCommand({
  description:
    'Lists containers whose packets may take another way than an egress network promises: since when,\n' +
    'and what to do about each. Ends with 1 where there is one.',
  options: {
    network: { value: 'NAME', summary: 'Only those of one network', offer: 'network' },
  },
  examples: [
    'sallyport violations',
    'sallyport violations --network z_custom_a',
    "sallyport violations --json | jq -r '.[].container.name'",
  ],
  fields: { network: '--network' },
  run: async ({ call, style }, { options }) => {
    const query = parseInput(ENDPOINTS.violations.query, {
      ...(options.network !== undefined && { network: options.network }),
    });
    const found = await call('violations', { query });
    return {
      json: found,
      exit: found.length > 0 ? 1 : 0,
      text: () =>
        found.length === 0
          ? 'No container violates an egress network.\n'
          : `${renderViolations(style, found)}\n`,
    };
  },
});
