import * as z from 'zod';
import type { Neighbours, Router } from '../ports/neighbours.ts';
import { refusing } from './refusal.ts';
import type { Run } from './run.ts';

const entriesSchema = z.array(
  z.object({ dst: z.string(), dev: z.string(), state: z.array(z.string()).default([]) }),
);

/** States in which the kernel has the router's address and has not found it silent (ip-neighbour(8)). */
const VALID = new Set(['REACHABLE', 'STALE', 'DELAY']);
/** Nobody asks for these, and nobody has to answer. */
const FIXED = new Set(['PERMANENT', 'NOARP']);

/** Neighbours by ip(8). IPv4 alone. */
export function createIpNeighbours(run: Run): Neighbours {
  return {
    async ask(routers) {
      if (routers.length === 0) return [];
      const why = 'the neighbours could not be read';
      const { stdout } = await refusing(why, run('ip', ['-4', '-json', 'neighbour', 'show']));
      const entries = entriesSchema.parse(JSON.parse(stdout === '' ? '[]' : stdout));
      const stateOf = new Map(entries.map(({ dst, dev, state }) => [`${dev} ${dst}`, state[0]]));
      const states = routers.map(({ device, gateway }) => stateOf.get(`${device} ${gateway}`));
      const commands = routers.flatMap((router, index) => asking(router, states[index]));
      // An entry that has gone meanwhile is asked for the next time.
      if (commands.length > 0) {
        await run('ip', ['-4', '-force', '-batch', '-'], {
          stdin: `${commands.join('\n')}\n`,
          allowFailure: true,
        });
      }
      return states.map((state) =>
        state === undefined ? null : VALID.has(state) || FIXED.has(state),
      );
    },
  };
}

/**
 * `probe` makes the kernel ask an address that it knows, at once, three times within three seconds; `use` makes it
 * look for one that it does not know. While it asks, it is left alone.
 */
function asking({ device, gateway }: Router, state: string | undefined): readonly string[] {
  if (state !== undefined && VALID.has(state))
    return [`neighbour change ${gateway} dev ${device} nud probe`];
  if (state === undefined || state === 'FAILED')
    return [`neighbour replace ${gateway} dev ${device} use`];
  return [];
}
