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
        // What is left to the agent, and IPv6 as long as there is none, need not be written.
        const networks = document.networks.map(
          ({ name, egress, route, gateway, subnet, dns, destinations, bandwidth }) => ({
            name,
            egress: { ipv4: egress.ipv4 },
            route,
            ...(gateway !== null && { gateway }),
            ...(subnet !== null && { subnet }),
            ...(dns !== null && { dns }),
            destinations: withoutEmpty(destinations),
            ...bandwidthText(bandwidth),
          }),
        );
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
