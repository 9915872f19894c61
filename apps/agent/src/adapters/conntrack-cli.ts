import { type Family, familyOf } from '@sallyport/core/ipv6';
import { addressValue } from '@sallyport/core/prefix';
import type { Conntrack, FlowsRequest } from '../ports/host.ts';
import { deniedFlows } from './denied-flows.ts';
import { bySubnet, flowLines } from './flow-lines.ts';
import { refusing } from './refusal.ts';
import { ProgramError, type Run } from './run.ts';

/** A large table takes its time. */
const TIMEOUT_MS = 60_000;

/** The kernel's connection tracking by conntrack(8). */
export function createConntrackCli(run: Run): Conntrack {
  return {
    async endFlows(requests) {
      let ended = 0;
      for (const family of ['ipv4', 'ipv6'] as const) {
        const own = requests.filter(({ subnet }) => familyOf(subnet) === family);
        if (own.length > 0) ended += await endOfFamily(run, family, own);
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

async function endOfFamily(
  run: Run,
  family: Family,
  requests: readonly FlowsRequest[],
): Promise<number> {
  // conntrack -L prints to standard error how many it has shown, and ends with 0.
  const { stdout } = await refusing(
    'conntrack can not list flows',
    run('conntrack', ['-L', '-f', family], { timeoutMs: TIMEOUT_MS }),
  );
  const ends = [
    ...formerAddresses(stdout, requests).map(({ sources, address }) => [
      '-s',
      sources,
      '-q',
      address,
    ]),
    ...deniedFlows(stdout, requests).map(({ sources, destination }) => [
      '-s',
      sources,
      '-r',
      destination,
    ]),
  ];
  let ended = 0;
  for (const which of ends) ended += await endSome(run, ['-f', family, ...which]);
  return ended;
}

/**
 * conntrack(8) lists and deletes one by one, and gives up at a flow that ends by itself in between: those
 * behind it would live on. Each turn gets further, so that a few are enough.
 */
async function endSome(run: Run, which: readonly string[]): Promise<number> {
  let ended = 0;
  for (let turn = 1; ; turn += 1) {
    const deleted = run('conntrack', ['-D', ...which], { timeoutMs: TIMEOUT_MS }).then(
      ({ stdout }) => ({ stdout, whole: true }),
      (error: unknown) => {
        if (!(error instanceof ProgramError)) throw error;
        // It ends with 1 also where none is left.
        if (/\b0 flow entries/.test(error.stderr)) return { stdout: '', whole: true };
        if (turn < TURNS && GONE.test(error.stderr)) return { stdout: '', whole: false };
        throw error;
      },
    );
    const { stdout, whole } = await refusing('conntrack can not end flows', deleted);
    ended += stdout.split('\n').filter((line) => line !== '').length;
    if (whole) return ended;
  }
}

/** ENOENT as conntrack(8) says it. */
const GONE = /such conntrack doesn't exist/;
const TURNS = 20;

/** Groups: what a bridge tells them about itself (RFC 3376, RFC 3810) is not for us. */
const MULTICAST = /^(22[4-9]|23\d)\.|^ff/;

interface FormerAddress {
  /** A managed subnet, or one container's address. */
  readonly sources: string;
  readonly address: string;
}

/**
 * Pure: by which addresses flows of these subnets still leave that they should not leave by any more.
 * A flow that is not translated, since it began before the translation, leaves by its container's own
 * address: it would stay so for as long as it sends, and the guard would stop it for as long.
 */
export function formerAddresses(
  listing: string,
  requests: readonly Pick<FlowsRequest, 'subnet' | 'keep' | 'keepEach'>[],
): readonly FormerAddress[] {
  const found = new Map<string, FormerAddress>();
  const requestOf = bySubnet(requests);
  for (const { source, destination, leaving } of flowLines(listing)) {
    const request = requestOf(source);
    if (request === undefined || request.keep.includes(leaving)) continue;
    if (request.keepEach?.get(source) === leaving) continue;
    // What stays within the network is not for us.
    if (MULTICAST.test(destination) || isWithin(request, destination)) continue;
    // What others of the subnet leave by still is not to be taken from them.
    const alone = leaving === source || isHeld(leaving, request.keepEach);
    const sources = alone ? source : request.subnet;
    found.set(`${sources} ${leaving}`, { sources, address: leaving });
  }
  return [...found.values()];
}

const held = new WeakMap<ReadonlyMap<string, string>, ReadonlySet<string>>();

/** Whether somebody keeps an address; looked up once for a request. */
function isHeld(address: string, keepEach: FlowsRequest['keepEach']): boolean {
  if (keepEach === undefined) return false;
  const known = held.get(keepEach) ?? new Set(keepEach.values());
  held.set(keepEach, known);
  return known.has(address);
}

function isWithin(
  { first, last }: { readonly first: bigint; readonly last: bigint },
  address: string,
): boolean {
  const value = addressValue(address);
  return first <= value && value <= last;
}
