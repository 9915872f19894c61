import { ECHO_PROTOCOLS, type Verification } from '@sallyport/contract/verify';
import type { NetworkSpec } from '@sallyport/core/network';
import type { ProbeAnswer } from '../ports/prober.ts';

interface Asked {
  readonly spec: NetworkSpec;
  /** The address by which the probe is to be seen. */
  readonly expected: string;
  /** URL of the echo service. */
  readonly echo: string;
  /** All addresses of this host, to tell a leak from a resolver elsewhere. */
  readonly hostAddresses: ReadonlySet<string>;
}

/** Pure: an answer as a verdict with its sentence. */
export function judgeAnswer(
  answer: ProbeAnswer,
  { spec, expected, echo, hostAddresses }: Asked,
): Verification {
  const protocol =
    ECHO_PROTOCOLS[new URL(echo).protocol.slice(0, -1) as keyof typeof ECHO_PROTOCOLS];
  const base = {
    network: spec.name,
    protocol,
    echo,
    expected,
    durationMs: Math.round(answer.durationMs),
  };
  if ('failure' in answer) return { ...base, observed: null, ok: false, reason: answer.failure };
  const { observed } = answer;
  if (observed === expected)
    return { ...base, observed, ok: true, reason: `${echo} saw ${observed}` };
  // A recursive resolver asks in its own name; that is a leak only if the name is this host's.
  if (protocol === 'dns' && !hostAddresses.has(observed)) {
    return {
      ...base,
      observed,
      ok: true,
      reason: `a resolver asked as ${observed}, which is no address of this host`,
    };
  }
  return { ...base, observed, ok: false, reason: `${echo} saw ${observed} instead of ${expected}` };
}
