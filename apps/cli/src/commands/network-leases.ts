import { ENDPOINTS } from '@sallyport/contract/endpoints';
import { parseInput } from '@sallyport/contract/parse';
import { defineCommand } from '../command.ts';
import { renderTable } from '../table.ts';

export const networkLeases = defineCommand({
  description:
    'Lists which container has which egress address of its own, on networks with --assign per-container.\n' +
    'A container that has ended keeps its address for a minute, so that a restart does not change it.',
  argument: {
    label: 'NAME',
    summary: 'Only those of this network',
    count: 'at-most-one',
    offer: 'network',
  },
  options: {},
  examples: [
    'sallyport network leases',
    'sallyport network leases z_custom_a',
    "sallyport network leases --json | jq -r '.[] | [.address, .container.name] | @tsv'",
  ],
  fields: { network: 'NAME' },
  run: async ({ call, style }, { argument }) => {
    const query = parseInput(ENDPOINTS.leases.query, {
      ...(argument !== undefined && { network: argument }),
    });
    const leases = await call('leases', { query });
    const rows = leases.map(({ network, address, container, inside, since, gone }) => [
      address,
      container.name,
      inside,
      network,
      new Date(since).toISOString(),
      gone === null ? '' : style('dim', `kept for it: ended ${new Date(gone).toISOString()}`),
    ]);
    return {
      json: leases,
      text: () =>
        rows.length === 0
          ? 'No container has an address of its own.\n'
          : `${renderTable(['ADDRESS', 'CONTAINER', 'INSIDE', 'NETWORK', 'SINCE', ''], rows)}\n`,
    };
  },
});
