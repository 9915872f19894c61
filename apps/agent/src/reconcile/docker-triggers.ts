import { setTimeout as sleep } from 'node:timers/promises';
import type { Docker, DockerEvent } from '../ports/docker.ts';
import type { HostMonitor } from '../ports/host.ts';

const FIRST_WAIT_MS = 500;
const LAST_WAIT_MS = 10_000;

/** Docker's events as reasons to look, and its coming and going: it is asked again until it answers. */
export function dockerMonitor(docker: Docker): HostMonitor {
  return {
    watches: ['docker'],
    changes: (signal) => dockerTriggers(docker, signal, isAboutNetworks),
  };
}

function isAboutNetworks({ type }: DockerEvent): boolean {
  return type === 'network';
}

/** A reason for each event that is wanted, and for Docker's coming and going. */
export async function* dockerTriggers(
  docker: Docker,
  signal: AbortSignal,
  wanted: (event: DockerEvent) => boolean,
): AsyncIterable<string> {
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      // What happens between the look that this sets off and the first event is told as an event.
      const since = Date.now();
      await docker.version();
      wait = FIRST_WAIT_MS;
      yield 'Docker answers';
      for await (const event of docker.events(signal, since)) {
        if (wanted(event)) yield `Docker: ${event.type} ${event.name} ${event.action}`;
      }
      if (!signal.aborted) yield 'Docker went away';
    } catch {
      // Whether Docker answers is told by the runs of the loop, for every network.
    }
    await sleep(wait, undefined, { signal }).catch(() => undefined);
    wait = Math.min(wait * 2, LAST_WAIT_MS);
  }
}
