import { randomBytes } from 'node:crypto';
import { readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SallyportError } from '@sallyport/contract/errors';
import { PROBE_LINK_PREFIX } from '../constants.ts';
import type { Prober, ProbePlace } from '../ports/prober.ts';
import { askByProbe } from './probe-process.ts';
import type { Run } from './run.ts';

/** How long a started process may take until it has a namespace of its own. */
const UNSHARE_MS = 2_000;

/**
 * A probe is a process in a network namespace that nothing but this process keeps alive: when it
 * ends, however it ends, the kernel takes back the namespace with its link and addresses.
 */
export function createNetnsProber(run: Run): Prober {
  return {
    async ask(place, questions, signal) {
      const way = {
        into: ['unshare', '--net'],
        prepare: (pid: number) => connect(run, place, pid),
      } as const;
      try {
        return await askByProbe(way, questions, signal);
      } catch (error) {
        throw asRefusal(error, place);
      }
    },
  };
}

/** Gives the probe's namespace a link to the bridge, an address and the way out, as Docker does it. */
async function connect(
  run: Run,
  { bridge, address, gateway, ipv6 }: ProbePlace,
  pid: number,
): Promise<void> {
  const link = `${PROBE_LINK_PREFIX}${randomBytes(4).toString('hex')}`;
  await untilUnshared(pid);
  await run('ip', [
    'link',
    'add',
    link,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    String(pid),
  ]);
  await run('ip', ['link', 'set', link, 'master', bridge, 'up']);
  const inside = [
    'link set lo up',
    `address add ${address} dev eth0`,
    'link set eth0 up',
    `route add default via ${gateway}`,
    // The address is nobody else's: without nodad it could not be used for a second.
    ...(ipv6 === null
      ? []
      : [`address add ${ipv6.address} dev eth0 nodad`, `route add default via ${ipv6.gateway}`]),
  ];
  await run('nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-'], {
    stdin: `${inside.join('\n')}\n`,
  });
}

async function untilUnshared(pid: number): Promise<void> {
  const own = await readlink('/proc/self/ns/net');
  const end = Date.now() + UNSHARE_MS;
  while ((await readlink(`/proc/${pid}/ns/net`)) === own) {
    if (Date.now() > end) throw new Error('it got no network namespace of its own');
    await sleep(2);
  }
}

function asRefusal(error: unknown, { bridge }: ProbePlace): SallyportError {
  const detail = error instanceof Error ? error.message : String(error);
  return new SallyportError('host_refused', `The probe on ${bridge} failed: ${detail}`, {
    remedy:
      'See whether unshare, setpriv and ip (util-linux, iproute2) are installed: sallyport doctor',
    cause: error,
  });
}
