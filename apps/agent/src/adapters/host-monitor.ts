import { setTimeout as sleep } from 'node:timers/promises';
import { DOCKER_USER, SHAPER_HANDLE, TABLE } from '../constants.ts';
import type { HostMonitor, Reading } from '../ports/host.ts';
import { runLines } from './run.ts';

/** A monitor that has lived for this long may be started again without a wait. */
const HEALTHY_MS = 1_000;
const FIRST_WAIT_MS = 10;
const LAST_WAIT_MS = 5_000;
/** Until a monitor that was started has subscribed to the kernel's messages. */
const LISTENING_MS = 60;
/** The same on a machine that is too busy to start a program in time. */
const SURELY_LISTENING_MS = 2_000;
/** Enough to recognise a change by; a reason is not a log. */
const SHOWN = 120;

/**
 * Changes of nftables, or of addresses, links, routes and rules; each a source of its own.
 *
 * Everything that is removed from nftables, and rules that are added; not elements that are added. Their
 * number grows with the networks, so that every replacement of our own table would be told in thousands
 * of lines; and nft 1.0.6 dies of a segmentation fault, now and then, when it is to print concatenated
 * intervals. An element that is only added can open nothing; the comparison by the clock finds it.
 */
export function createHostMonitors(): readonly HostMonitor[] {
  return [
    monitor(['nft', 'monitor', 'destroy'], { watches: NFT, select: concernsUs }),
    monitor(['nft', 'monitor', 'new', 'rules'], { watches: NFT, select: concernsUs }),
    monitor(['ip', 'monitor', 'address', 'route', 'rule', 'link'], {
      // With a bridge its queue goes, and tc does not tell.
      watches: ['routing', 'shaping'],
      select: mayMatter,
    }),
    monitor(['tc', 'monitor'], { watches: ['shaping'], select: limitsBandwidth }),
  ];
}

/** Docker's chains are made by iptables, which writes nftables too. */
const NFT = ['table', 'dockerUser', 'forward'] as const;

/** Whether a line of a monitor is a reason to look at the host. */
type Select = (line: string) => boolean;

/**
 * A monitor that dies is started again at once. When it listens, the first time too, it says so itself,
 * since it has missed what happened before.
 */
function monitor(
  [program, ...args]: readonly [string, ...string[]],
  { watches, select }: { readonly watches: readonly Reading[]; readonly select: Select },
): HostMonitor {
  const name = `${program} monitor`;
  return {
    watches,
    async *changes(signal) {
      let wait = FIRST_WAIT_MS;
      for (let starts = 1; !signal.aborted; starts++) {
        const begun = performance.now();
        try {
          const lines = runLines(program, args, signal)[Symbol.asyncIterator]();
          const first = lines.next();
          first.catch(() => undefined);
          await pause(LISTENING_MS, signal);
          yield starts === 1 ? `${name} listens` : `${name} was started again`;
          // Nothing tells when it has subscribed, but that it speaks.
          await Promise.race([first, pause(SURELY_LISTENING_MS, signal)]);
          yield `${name} surely listens`;
          for (let next = await first; next.done !== true; next = await lines.next()) {
            if (select(next.value)) yield `${name}: ${shorten(next.value)}`;
          }
        } catch (error) {
          if (!signal.aborted) yield `${name} failed: ${(error as Error).message}`;
        }
        wait =
          performance.now() - begun > HEALTHY_MS ? FIRST_WAIT_MS : Math.min(wait * 2, LAST_WAIT_MS);
        await pause(wait, signal);
      }
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** A copy: a slice would keep the whole line in memory. */
function shorten(line: string): string {
  return Buffer.from(line.trim().slice(0, SHOWN)).toString();
}

/**
 * `nft monitor` tells of every rule of everybody, Docker's and Kubernetes' included. What concerns us is
 * our table, the chain of the short cut and what led to it, and source translation that somebody adds beside ours.
 */
export const concernsUs: Select = (line) =>
  line.includes(`inet ${TABLE}`) ||
  line.includes(DOCKER_USER) ||
  // What is deleted is told by its chain and number alone: it may have been the jump to DOCKER-USER.
  line.startsWith('delete rule ip filter FORWARD ') ||
  / nat POSTROUTING .*(snat|masquerade)/.test(line);

/** Our queues on bridges. */
const limitsBandwidth: Select = (line) => line.includes(` ${SHAPER_HANDLE} `);

const CONTAINER_LINK = /\b(veth|spv)[0-9a-f]{7,}/;
const LOCAL_ROUTE = /^(Deleted )?(local|broadcast|multicast|anycast) /;
const IPV6_OF_EVERY_LINK = /^(Deleted )?(fe80:|ff)[0-9a-f:]+(\/\d+)? /;
const SECOND_LINE = /^\s/;

/**
 * Links of containers come and go all the time; the kernel's own local routes follow addresses, and so do
 * the link-local routes of IPv6 that every link has.
 */
export const mayMatter: Select = (line) =>
  ![CONTAINER_LINK, LOCAL_ROUTE, IPV6_OF_EVERY_LINK, SECOND_LINE].some((noise) => noise.test(line));
