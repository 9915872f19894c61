import { ENDPOINTS } from '@sallyport/contract/endpoints';
import type { Violation } from '@sallyport/contract/violations';
import { parseInput } from '@sallyport/contract/parse';
import { defineCommand } from '../command.ts';
import { NAME, NETWORK_FIELDS } from '../options.ts';
import type { Style } from '../style.ts';
import { renderNetwork } from '../views/network.ts';
import { renderViolations } from '../views/violations.ts';

function renderSection(style: Style, violations: readonly Violation[]): string {
  if (violations.length === 0) return '';
  return `\nViolations\n${renderViolations(style, violations, '  ')}\n`;
}

export const networkShow = defineCommand({
  description:
    'Shows a network: how it leaves, how it stands and why, and which containers violate it.',
  argument: NAME,
  options: {},
  examples: ['sallyport network show z_custom_a', 'sallyport network show z_custom_a --json'],
  fields: NETWORK_FIELDS,
  run: async ({ call, style }, { argument }) => {
    const params = parseInput(ENDPOINTS.showNetwork.params, { name: argument });
    const [network, violations] = await Promise.all([
      call('showNetwork', { params }),
      call('violations', { query: { network: params.name } }),
    ]);
    return {
      json: { ...network, violations },
      text: () => renderNetwork(style, network) + renderSection(style, violations),
    };
  },
});
