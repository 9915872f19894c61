import { defineCommand } from '../command.ts';
import { findCandidates } from '../completion/candidates.ts';

export const complete = defineCommand({
  description: 'Prints what may stand for the last of the words, one candidate a line.',
  argument: { label: 'WORD', summary: 'The words of the line up to the cursor', count: 'any' },
  options: {},
  examples: ['sallyport complete -- network sh'],
  run: async ({ call, catalogue }, { argument }) => {
    const candidates = await findCandidates(argument, {
      catalogue,
      networks: async () => (await call('listNetworks', {})).map(({ name }) => name),
      addresses: async () =>
        (await call('host', {})).interfaces.flatMap(({ addresses }) =>
          addresses.filter(({ egress }) => egress).map(({ address }) => address),
        ),
    });
    return { json: candidates, text: () => candidates.map((line) => `${line}\n`).join('') };
  },
});
