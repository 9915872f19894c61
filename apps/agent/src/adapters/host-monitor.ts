import { setTimeout as sleep } from 'node:timers/promises';
import { TABLE } from '../constants.ts';
import type { HostMonitor } from '../ports/host.ts';
import { runLines } from './run.ts';

const RESTART_MS = 1_000;
/** Enough to recognise a change by; a reason is not a log. */
const SHOWN = 120;

/** Changes of nftables, or of addresses, links, routes and rules; each a source of its own. */
export function createHostMonitors(): readonly HostMonitor[] {
  return [
    monitor('nft monitor', ['nft', 'monitor'], concernsUs),
    monitor('ip monitor', ['ip', 'monitor', 'address', 'route', 'rule', 'link'], mayMatter),
  ];
}

function monitor(
  name: string,
  [program, ...args]: readonly [string, ...string[]],
  select: Select,
): HostMonitor {
  return {
    async *changes(signal) {
      while (!signal.aborted) {
        try {
          for await (const line of runLines(program, args, signal)) {
            if (select(line)) yield `${name}: ${line.trim().slice(0, SHOWN)}`;
          }
          if (!signal.aborted) yield `${name} ended`;
        } catch (error) {
          if (!signal.aborted) yield `${name} failed: ${(error as Error).message}`;
        }
        await sleep(RESTART_MS, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

type Select = (line: string) => boolean;

/**
 * `nft monitor` tells of every rule of everybody, Docker's and Kubernetes' included. What concerns us is
 * our table, the chain of the short cut, and source translation that somebody adds beside ours.
 */
export const concernsUs: Select = (line) =>
  line.includes(`inet ${TABLE}`) ||
  line.includes('DOCKER-USER') ||
  / nat POSTROUTING .*(snat|masquerade)/.test(line);

const CONTAINER_LINK = /\b(veth|spv)[0-9a-f]{7,}/;
const LOCAL_ROUTE = /^(Deleted )?(local|broadcast|multicast|anycast) /;
const IPV6_ROUTE = /^(Deleted )?[0-9a-f]*:[0-9a-f:]+(\/\d+)? /;
const SECOND_LINE = /^\s/;

/**
 * Links of containers come and go all the time; the kernel's own local routes follow addresses; IPv6
 * routes are nothing to us, since no IPv6 leaves a managed network.
 */
export const mayMatter: Select = (line) =>
  ![CONTAINER_LINK, LOCAL_ROUTE, IPV6_ROUTE, SECOND_LINE].some((noise) => noise.test(line));
