import type { NetworkSpec } from '@sallyport/core/network';
import type { ProbeQuestion } from '../ports/prober.ts';

/**
 * An echo service that is named by an IPv6 address is a question for networks with an IPv6 egress alone;
 * every other one is asked over IPv4.
 */
export function questionsFor(spec: NetworkSpec, echo: string): readonly ProbeQuestion[] {
  const family = new URL(echo).hostname.startsWith('[') ? 'ipv6' : 'ipv4';
  if (spec.egress[family].length === 0) return [];
  return [{ echo, dns: spec.dns, family }];
}
