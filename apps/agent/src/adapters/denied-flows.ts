import { type Cidr4, parseCidr4, range4 } from '@sallyport/core/cidr4';
import { type Ipv4, ipv4ToNumber, parseIpv4 } from '@sallyport/core/ipv4';
import type { FlowsRequest } from '../ports/host.ts';

/** Flows from a managed subnet to one address. */
export interface DeniedFlows {
  readonly sources: Cidr4;
  readonly destination: Ipv4;
}

/** Original source, and the reply's source and destination: who answers, and the address we leave by. */
const TUPLES = /^(\w+) .*?\bsrc=(\S+) dst=\S+ (?:sport=\d+ dport=(\d+) )?.*?\bsrc=(\S+) dst=(\S+)/;

/**
 * Pure: to which addresses these subnets have flows that they may not connect to any more. It counts who
 * answers: the destination before a translation may be another one. What is not translated has not
 * left the host, and is for the host itself to end.
 */
export function deniedFlows(
  listing: string,
  requests: readonly FlowsRequest[],
): readonly DeniedFlows[] {
  const found = new Map<string, DeniedFlows>();
  const subnets = requests
    .filter(({ denied }) => denied.length > 0)
    .map((request) => ({ ...request, ...range4(parseCidr4(request.subnet)) }));
  if (subnets.length === 0) return [];
  for (const line of listing.split('\n')) {
    const [, protocol, source, port, destination, leaving] = TUPLES.exec(line) ?? [];
    if (source === undefined || destination === undefined || leaving === source) continue;
    const from = ipv4ToNumber(parseIpv4(source));
    const request = subnets.find(({ first, last }) => first <= from && from <= last);
    if (request === undefined) continue;
    const to = BigInt(ipv4ToNumber(parseIpv4(destination)));
    if (!request.denied.some(({ first, last }) => first <= to && to <= last)) continue;
    if (request.excepted.includes(`${destination} ${protocol}/${port}`)) continue;
    const { subnet } = request;
    found.set(`${subnet} ${destination}`, {
      sources: parseCidr4(subnet),
      destination: parseIpv4(destination),
    });
  }
  return [...found.values()];
}
