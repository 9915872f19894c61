import { type Context, defineCommand } from '../command.ts';
import { findCandidates } from '../completion/candidates.ts';
import { listGroups, listImages, listUsers } from '../server/find.ts';
import { listSessions } from '../server/sessions.ts';

export const complete = defineCommand({
  description: 'Prints what may stand for the last of the words, one candidate a line.',
  argument: { label: 'WORD', summary: 'The words of the line up to the cursor', count: 'any' },
  options: {},
  examples: ['sallyport complete -- network sh'],
  run: async ({ call, server, catalogue }, { argument }) => {
    const named = (items: readonly { readonly name: string }[]): readonly string[] =>
      items.map(({ name }) => name);
    const candidates = await findCandidates(argument, {
      catalogue,
      names: {
        network: async () => named(await networks(call, server)),
        address: async () =>
          (await call('host', {})).interfaces.flatMap(({ addresses }) =>
            addresses.filter(({ egress }) => egress).map(({ address }) => address),
          ),
        user: async () => named(await listUsers(server)),
        group: async () => named(await listGroups(server)),
        image: async () => named(await listImages(server)),
        startable: async () => named(await server('launchable', {})),
        session: async () => (await listSessions(server, {})).map(({ id }) => id),
        key: async () => named(await server('listKeys', {})),
      },
    });
    return { json: candidates, text: () => candidates.map((line) => `${line}\n`).join('') };
  },
});

/** Those of the agent; where there is none on this machine, those of the server. */
async function networks(call: Context['call'], server: Context['server']) {
  try {
    return await call('listNetworks', {});
  } catch {
    return server('listNetworks', {});
  }
}
