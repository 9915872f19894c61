import type { Condition } from '@sallyport/core/network';
import type { Actual } from '../observe/actual.ts';
import { hasDockersRules, isCutOff } from '../plan/plan-docker-user.ts';
import type { ResolvedNetwork } from '../plan/resolve.ts';

const REMEDY = 'let Docker make its rules anew: systemctl restart docker';

/**
 * Pure. The network as the host's iptables let it be: without IPv4 where nothing at all is forwarded, with
 * a condition where it may be so, or where only Docker's part is missing. IPv6 has a FORWARD of its own.
 */
export function judgeForwarding(
  network: ResolvedNetwork,
  { forward, dockerUser }: Pick<Actual, 'forward' | 'dockerUser'>,
): ResolvedNetwork {
  if (forward === null) return network;
  if (!isCutOff({ forward })) {
    // Without its chain Docker may filter by other means, and with a policy that accepts nobody misses it.
    if (dockerUser === null || hasDockersRules(forward) || forward.policy !== 'DROP')
      return network;
    return withCondition(
      network,
      'Docker’s own rules of iptables are gone (somebody flushed them), so published ports and other networks fail',
    );
  }
  if (forward.mayAccept) {
    return withCondition(
      network,
      'the host’s firewall drops what it forwards unless a rule of its own lets it through, and Docker’s rules are gone',
    );
  }
  const blocked = condition(
    'the host’s firewall forwards nothing: the policy of iptables’ chain FORWARD is DROP, and Docker’s rules are gone',
  );
  return {
    ...network,
    blocked: network.blocked ?? blocked,
    exits: network.exits.map((exit) => ({ ...exit, way: null, blocked: exit.blocked ?? blocked })),
    conditions: [...network.conditions, blocked],
  };
}

function withCondition(network: ResolvedNetwork, message: string): ResolvedNetwork {
  return { ...network, conditions: [...network.conditions, condition(message)] };
}

function condition(message: string): Condition {
  return { type: 'Forwarding', ok: false, message, remedy: REMEDY };
}
