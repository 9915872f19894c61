import { defineCommand } from '../command.ts';
import { stateWord } from '../style.ts';
import { renderTable } from '../table.ts';
import { addressesText } from '../views/network.ts';

export const networkList = defineCommand({
  description: 'Lists the egress networks, or the Docker networks that could become some.',
  options: {
    adoptable: { summary: 'Docker networks made by hand that `network adopt` could take over' },
  },
  examples: [
    'sallyport network list',
    'sallyport network list --json | jq -r \'.[] | select(.state != "Ready") | .name\'',
    'sallyport network list --adoptable',
  ],
  run: async ({ call, style }, { options }) => {
    if (options.adoptable) {
      const found = await call('listAdoptable', {});
      const rows = found.map(({ name, subnet, bridge, egressIp, obstacle }) => [
        name,
        subnet,
        bridge,
        egressIp ?? '-',
        obstacle === null ? stateWord(style, 'yes') : `${stateWord(style, 'no')}: ${obstacle}`,
      ]);
      const head = ['NAME', 'SUBNET', 'BRIDGE', 'SNAT TO', 'ADOPTABLE'];
      return {
        json: found,
        text: () =>
          rows.length === 0
            ? 'No Docker network made by hand was found.\n'
            : `${renderTable(head, rows)}\n`,
      };
    }
    const networks = await call('listNetworks', {});
    const rows = networks.map(({ name, subnet, bridge, egress, route, uplink, state, reason }) => [
      name,
      subnet,
      bridge,
      addressesText([...egress.ipv4, ...egress.ipv6], ','),
      route === 'main' ? '(main)' : (uplink ?? '-'),
      stateWord(style, state),
      state === 'Ready' ? '' : reason,
    ]);
    const head = ['NAME', 'SUBNET', 'BRIDGE', 'EGRESS', 'UPLINK', 'STATE', 'REASON'];
    return {
      json: networks,
      text: () =>
        rows.length === 0
          ? 'There are no egress networks. Create one: sallyport network create NAME --egress-ip ADDR\n'
          : `${renderTable(head, rows)}\n`,
    };
  },
});
