import { type Cidr4, contains, parseCidr4 } from '@sallyport/core/cidr4';
import { type Ipv4, parseIpv4 } from '@sallyport/core/ipv4';
import type { Conntrack, FlowsRequest } from '../ports/host.ts';
import { deniedFlows } from './denied-flows.ts';
import { refusing } from './refusal.ts';
import { ProgramError, type Run } from './run.ts';

/** A large table takes its time. */
const TIMEOUT_MS = 60_000;

/** The kernel's connection tracking by conntrack(8). */
export function createConntrackCli(run: Run): Conntrack {
  return {
    async endFlows(requests) {
      // conntrack -L prints to standard error how many it has shown, and ends with 0.
      const { stdout } = await refusing(
        'conntrack can not list flows',
        run('conntrack', ['-L', '-f', 'ipv4'], { timeoutMs: TIMEOUT_MS }),
      );
      let ended = 0;
      for (const former of formerAddresses(stdout, requests)) {
        ended += await endSome(run, ['-s', former.sources, '-q', former.address]);
      }
      for (const { sources, destination } of deniedFlows(stdout, requests)) {
        ended += await endSome(run, ['-s', sources, '-r', destination]);
      }
      return ended;
    },

    async version() {
      const { stdout } = await refusing(
        'conntrack does not answer',
        run('conntrack', ['--version']),
      );
      return /v(\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? stdout.trim();
    },
  };
}

async function endSome(run: Run, which: readonly string[]): Promise<number> {
  const args = ['-D', '-f', 'ipv4', ...which];
  const deleted = run('conntrack', args, { timeoutMs: TIMEOUT_MS }).catch((error: unknown) => {
    // It ends with 1 also where a flow has just ended by itself and none is left.
    if (error instanceof ProgramError && /\b0 flow entries/.test(error.stderr))
      return { stdout: '' };
    throw error;
  });
  const { stdout } = await refusing('conntrack can not end flows', deleted);
  return stdout.split('\n').filter((line) => line !== '').length;
}

const MULTICAST = parseCidr4('224.0.0.0/4');

interface FormerAddress {
  /** A managed subnet, or one container's address. */
  readonly sources: Cidr4 | Ipv4;
  readonly address: Ipv4;
}

/**
 * Pure: by which addresses flows of these subnets still leave that they should not leave by any more.
 * A flow that is not translated, since it began before the translation, leaves by its container's own
 * address: it would stay so for as long as it sends, and the guard would stop it for as long.
 */
export function formerAddresses(
  listing: string,
  requests: readonly Pick<FlowsRequest, 'subnet' | 'keep'>[],
): readonly FormerAddress[] {
  const found = new Map<string, FormerAddress>();
  const subnets = requests.map(({ subnet, keep }) => ({
    subnet: parseCidr4(subnet),
    keep: new Set(keep),
  }));
  for (const line of listing.split('\n')) {
    // Original source, destination, then the reply's source and destination: the address we leave by.
    const addresses = [...line.matchAll(/\b(src|dst)=(\S+)/g)].map((match) => match[2] ?? '');
    const [source, destination, , leaving] = addresses;
    if (source === undefined || destination === undefined || leaving === undefined) continue;
    for (const { subnet, keep } of subnets) {
      if (!contains(subnet, parseIpv4(source)) || keep.has(leaving)) continue;
      // What stays within the network is not for us; groups are the bridge's own reports (RFC 3376).
      const to = parseIpv4(destination);
      if (contains(subnet, to) || contains(MULTICAST, to)) continue;
      const address = parseIpv4(leaving);
      const sources = address === source ? address : subnet;
      found.set(`${sources} ${address}`, { sources, address });
    }
  }
  return [...found.values()];
}
