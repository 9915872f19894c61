import { addressValue, type Prefix, prefixRange } from '@sallyport/core/prefix';

/** A line of `conntrack -L`, as far as it is decided by whether the flow has to end. */
export interface FlowLine {
  readonly protocol: string;
  /** Of the original direction. */
  readonly source: string;
  readonly destination: string;
  /** Destination port; undefined where the protocol has none. */
  readonly port: string | undefined;
  /** Source of the replies: who answers, after a translation of the destination. */
  readonly answering: string;
  /** Destination of the replies: the address by which the flow leaves. */
  readonly leaving: string;
}

const TUPLES =
  /^(\w+) .*?\bsrc=(\S+) dst=(\S+) (?:sport=\d+ dport=(\d+) )?.*?\bsrc=(\S+) dst=(\S+)/;

export function* flowLines(listing: string): Iterable<FlowLine> {
  for (const line of listing.split('\n')) {
    const [, protocol, source, destination, port, answering, leaving] = TUPLES.exec(line) ?? [];
    if (protocol === undefined || source === undefined || destination === undefined) continue;
    if (answering === undefined || leaving === undefined) continue;
    yield { protocol, source, destination, port, answering, leaving };
  }
}

/** A request with the range of its subnet. */
type Ranged<R> = R & { readonly first: bigint; readonly last: bigint };

/**
 * Finds the request for an address by its subnet. Subnets don't overlap, so the one that begins last
 * before the address is the only one that can hold it: tens of thousands of flows are looked up.
 */
export function bySubnet<R extends { readonly subnet: string }>(
  requests: readonly R[],
): (address: string) => Ranged<R> | undefined {
  const ordered = requests
    .map((request): Ranged<R> => ({ ...request, ...prefixRange(request.subnet as Prefix) }))
    .toSorted((a, b) => (a.first < b.first ? -1 : 1));
  return (address) => {
    const value = addressValue(address);
    let low = 0;
    let high = ordered.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ordered[middle]?.first ?? 0n) <= value) low = middle + 1;
      else high = middle;
    }
    const found = ordered[low - 1];
    return found !== undefined && value <= found.last ? found : undefined;
  };
}
