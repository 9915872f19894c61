import { bandwidthText } from '../bandwidth.ts';
import { defineCommand } from '../command.ts';

export const exportDocument = defineCommand({
  description:
    'Prints, as YAML, the file from which `sallyport apply` makes the present networks. --json: as JSON.',
  options: {},
  examples: ['sallyport export > networks.yaml', 'sallyport apply -f networks.yaml --dry-run'],
  run: async ({ call }) => {
    const document = await call('exportDocument', {});
    return {
      json: document,
      text: async () => {
        const { stringify } = await import('yaml');
        // What is left to the agent need not be written.
        const networks = document.networks.map((network) => {
          const { name, egress, gateway, gateway6, subnet, subnet6, dns } = network;
          return {
            name,
            egress: withoutEmpty(egress),
            route: network.route,
            ...(gateway !== null && { gateway }),
            ...(gateway6 !== null && { gateway6 }),
            ...(subnet !== null && { subnet }),
            ...(subnet6 !== null && { subnet6 }),
            ...(dns !== null && { dns }),
            destinations: withoutEmpty(network.destinations),
            ...bandwidthText(network.bandwidth),
            ...(network.strict && { strict: true }),
          };
        });
        return stringify({ networks });
      },
    };
  },
});

/** A list that is empty need not be written. */
function withoutEmpty<T extends object>(value: T): Partial<T> {
  const entries = Object.entries(value).filter(([, one]) => !Array.isArray(one) || one.length > 0);
  return Object.fromEntries(entries) as Partial<T>;
}
