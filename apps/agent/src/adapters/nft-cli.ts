import * as z from 'zod';
import { TABLE } from '../constants.ts';
import type { Nft, NftCounters } from '../ports/nft.ts';
import { memoByText } from './memo-by-text.ts';
import { parseListing, renderDelta, renderReplace } from './nft-text.ts';
import { refusing } from './refusal.ts';
import type { Run } from './run.ts';

const countersSchema = z.object({
  nftables: z.array(
    z.object({
      counter: z.object({ name: z.string(), packets: z.int(), bytes: z.int() }).optional(),
    }),
  ),
});

/** nftables by its own program: it alone knows how all versions of the kernel want to be spoken to. */
export function createNftCli(run: Run): Nft {
  const parse = memoByText(parseListing);
  const load = async (text: string): Promise<void> => {
    await refusing('nft refused the table', run('nft', ['-f', '-'], { stdin: text }));
  };
  return {
    replaceTable: (table, counters) => load(renderReplace(table, counters)),
    changeElements: (delta) => load(renderDelta(delta)),
    deleteTable: () => load(`table inet ${TABLE} {}\ndelete table inet ${TABLE}\n`),
    textOf: (table) => renderReplace(table, {}),

    async listTable() {
      const text = await listOrNull(run, ['-s', 'list', 'table', 'inet', TABLE]);
      return text === null ? null : parse(text);
    },

    async counters(): Promise<NftCounters> {
      const text = await listOrNull(run, ['-j', 'list', 'counters', 'table', 'inet', TABLE]);
      if (text === null) return {};
      const entries = countersSchema
        .parse(JSON.parse(text))
        .nftables.flatMap(({ counter }) =>
          counter === undefined
            ? []
            : [[counter.name, { packets: counter.packets, bytes: counter.bytes }] as const],
        );
      return Object.fromEntries(entries);
    },

    async version() {
      const { stdout } = await refusing('nft does not answer', run('nft', ['--version']));
      return /v(\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? stdout.trim();
    },
  };
}

/** What nft prints, or null where there is no such table. */
async function listOrNull(run: Run, args: readonly string[]): Promise<string | null> {
  const result = await refusing(
    'nft can not list the table',
    run('nft', args, { allowFailure: true, littleAtATime: true }),
  );
  if (result.code === 0) return result.stdout;
  if (/No such file or directory/.test(result.stderr)) return null;
  return (await refusing('nft can not list the table', run('nft', args))).stdout;
}
