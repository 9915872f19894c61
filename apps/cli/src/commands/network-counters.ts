import { ENDPOINTS } from '@sallyport/contract/endpoints';
import type { CountersView } from '@sallyport/contract/counters';
import { parseInput } from '@sallyport/contract/parse';
import { defineCommand } from '../command.ts';
import { renderTable } from '../table.ts';

export const networkCounters = defineCommand({
  description:
    'Prints packets, bytes and flows of networks and of their containers, which go on when the agent is\n' +
    'started again, how many ports of each egress address are in use, and what the guard has stopped.',
  argument: { label: 'NAME', summary: 'Only this network', count: 'at-most-one', offer: 'network' },
  options: {},
  examples: [
    'sallyport network counters',
    'sallyport network counters z_custom_a',
    "sallyport network counters --json | jq '.drops'",
  ],
  fields: { network: 'NAME' },
  run: async ({ call }, { argument }) => {
    const query = parseInput(ENDPOINTS.counters.query, {
      ...(argument !== undefined && { network: argument }),
    });
    const view = await call('counters', { query });
    return { json: view, text: () => `${parts(view).join('\n\n')}\n` };
  },
});

const HEAD = ['NETWORK', 'CONTAINER', 'FLOWS', 'SENT', 'BYTES', 'RECEIVED', 'BYTES'];

function parts({ since, networks, ports, drops }: CountersView): readonly string[] {
  const rows = networks.flatMap(({ network, containers, ...all }) =>
    [{ name: '', ...all }, ...containers].map(({ name, flows, sent, received }) =>
      [network, name, flows, sent.packets, sent.bytes, received.packets, received.bytes].map(
        String,
      ),
    ),
  );
  const inUse = ports.map(({ address, protocol, destination, used, of }) => [
    address,
    protocol,
    destination,
    `${used} of ${of} (${Math.round((used / of) * 100)} %)`,
  ]);
  const stopped = Object.entries(drops)
    .filter(([, { packets }]) => packets > 0)
    .map(([reason, { packets, bytes }]) => [reason, String(packets), String(bytes)]);
  return [
    `Since ${new Date(since).toISOString()}`,
    rows.length === 0 ? 'There are no networks.' : renderTable(HEAD, rows),
    ...(inUse.length === 0
      ? []
      : [renderTable(['EGRESS', 'PROTOCOL', 'BUSIEST DESTINATION', 'PORTS'], inUse)]),
    ...(stopped.length === 0
      ? ['The guard has stopped nothing.']
      : [renderTable(['STOPPED', 'PACKETS', 'BYTES'], stopped)]),
  ];
}
