import type { Ipv4 } from '@sallyport/core/ipv4';
import type { Condition } from '@sallyport/core/network';
import type { NftListing } from '../ports/nft.ts';
import type { Lease } from '../ports/store.ts';
import type { ResolvedNetwork } from './resolve.ts';

/* Networks whose containers have an address each: who has which, decided purely. */

/** A running container on a network that leases addresses. */
export interface Placed {
  /** Id of the network's spec. */
  readonly network: string;
  readonly container: Lease['container'];
  /** Its address on the bridge. */
  readonly inside: Ipv4;
}

/** For so long a container that has ended keeps its address, so that a restart does not change it. */
export const KEPT_MS = 60_000;

/**
 * Pure: the leases after a look at the containers. Who has one keeps it; who comes gets an address that is on the
 * host and that nobody has, or else the one whose holder has been gone longest; where there is none, none.
 * Answers `known` itself where nothing has changed.
 */
export function grantLeases(
  networks: readonly ResolvedNetwork[],
  known: readonly Lease[],
  { placed, now }: { readonly placed: readonly Placed[]; readonly now: number },
): readonly Lease[] {
  const granted = networks
    .filter(({ spec }) => spec.assign === 'per-container')
    .flatMap((network) => {
      const own = <T extends { readonly network: string }>(all: readonly T[]) =>
        all.filter((one) => one.network === network.spec.id);
      return grantOf(network, own(known), { placed: own(placed), now });
    });
  return JSON.stringify(granted) === JSON.stringify(known) ? known : granted;
}

function grantOf(
  { spec, exits }: ResolvedNetwork,
  known: readonly Lease[],
  { placed, now }: { readonly placed: readonly Placed[]; readonly now: number },
): readonly Lease[] {
  const pool = new Set(spec.egress.ipv4);
  const former = new Map(
    known.filter(({ address }) => pool.has(address)).map((lease) => [lease.container.id, lease]),
  );
  const held: Lease[] = [];
  const coming: Placed[] = [];
  for (const one of placed) {
    const lease = former.get(one.container.id);
    former.delete(one.container.id);
    if (lease === undefined) coming.push(one);
    else held.push({ ...lease, container: one.container, inside: one.inside, gone: null });
  }
  const kept = [...former.values()]
    .map((lease) => ({ ...lease, gone: lease.gone ?? now }))
    .filter(({ gone }) => now - gone < KEPT_MS)
    .toSorted((a, b) => a.gone - b.gone);
  const taken = new Set([...held, ...kept].map(({ address }) => address));
  const free = exits.flatMap(({ address, way }) =>
    way === null || taken.has(address) ? [] : [address],
  );
  for (const { network, container, inside } of coming) {
    const address = free.shift() ?? kept.shift()?.address;
    if (address === undefined) break;
    held.push({ network, container, inside, address, since: now, gone: null });
  }
  return [...held, ...kept];
}

/**
 * Until the containers have been looked at, only what the kernel has is believed: after a reboot the
 * containers have other addresses, and a stored lease would give one container the address of another.
 */
export function leasesIn(listing: NftListing | null, known: readonly Lease[]): readonly Lease[] {
  const elements = new Set(listing?.elements['snat4_each'] ?? []);
  return known.filter(({ inside, address }) => elements.has(`${inside} : ${address}`));
}

/** Pure: the network with its leases, and what is to be said of them. */
export function withLeases(
  network: ResolvedNetwork,
  leases: readonly Lease[],
  placed: readonly Placed[],
): ResolvedNetwork {
  const { spec } = network;
  if (spec.assign !== 'per-container') return network;
  const held = leases.filter((lease) => lease.network === spec.id && lease.gone === null);
  const holders = new Set(held.map(({ container }) => container.id));
  const without = placed
    .filter((one) => one.network === spec.id && !holders.has(one.container.id))
    .map(({ container }) => container.name);
  return {
    ...network,
    leases: held,
    conditions: [...network.conditions, leaseCondition(network, held.length, without)],
  };
}

function leaseCondition(
  { spec }: ResolvedNetwork,
  leased: number,
  without: readonly string[],
): Condition {
  const size = spec.egress.ipv4.length;
  if (without.length === 0) {
    return {
      type: 'Leases',
      ok: true,
      message: `${leased} of ${size} addresses are leased`,
      remedy: '',
    };
  }
  const [first = '', ...more] = without;
  const who = more.length === 0 ? first : `${first} and ${more.length} more`;
  return {
    type: 'Leases',
    ok: false,
    message: `nothing of ${who} leaves: no address is left for it, ${leased} of ${size} are leased`,
    remedy: `give the network more addresses (sallyport network update ${spec.name} --egress-ip ADDR, once for each), or end containers that are not needed: sallyport network leases ${spec.name}`,
  };
}
