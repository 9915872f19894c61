import * as z from 'zod';
import { keepSame } from '../observe/keep-same.ts';
import type { DockerNetwork } from '../ports/docker.ts';
import { networkSchema, toDockerNetwork } from './docker-schema.ts';

/** Each is read by {@link networkSchema} unless it is known. */
const listSchema = z.array(z.custom<{ readonly Id?: unknown } | null>());

/**
 * Reads Docker's list of networks, in the order of their names. Docker can't change a network, only make
 * and remove one (its API has no call for it), so what was read under an id is not read again while
 * the id is listed. The same list as the last time where all of it is the same.
 */
export function createNetworkReader(): (answer: unknown) => readonly DockerNetwork[] {
  let known: ReadonlyMap<string, DockerNetwork> = new Map();
  let last: readonly DockerNetwork[] | null = null;
  return (answer) => {
    const read = listSchema
      .parse(answer)
      .map(
        (network) =>
          known.get(String(network?.Id)) ?? toDockerNetwork(networkSchema.parse(network)),
      );
    known = new Map(read.map((network) => [network.id, network]));
    // Docker lists them in another order each time (it walks a Go map).
    last = keepSame(last, read.toSorted(byName));
    return last;
  };
}

function byName(a: DockerNetwork, b: DockerNetwork): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
