import { addressValue } from '@sallyport/core/prefix';
import type { FlowsRequest } from '../ports/host.ts';
import { bySubnet, flowLines } from './flow-lines.ts';

/** Flows from a managed subnet to one address. */
export interface DeniedFlows {
  readonly sources: string;
  readonly destination: string;
}

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
  const denying = requests.filter(({ denied }) => denied.length > 0);
  if (denying.length === 0) return [];
  const requestOf = bySubnet(denying);
  for (const { protocol, source, port, answering, leaving } of flowLines(listing)) {
    if (leaving === source) continue;
    const request = requestOf(source);
    if (request === undefined) continue;
    const to = addressValue(answering);
    if (!request.denied.some(({ first, last }) => first <= to && to <= last)) continue;
    if (request.excepted.includes(`${answering} ${protocol}/${port}`)) continue;
    const { subnet } = request;
    found.set(`${subnet} ${answering}`, { sources: subnet, destination: answering });
  }
  return [...found.values()];
}
