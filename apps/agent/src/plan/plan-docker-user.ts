import { DOCKER_USER, MARK_MASK, RULE_COMMENT } from '../constants.ts';
import type { Actual } from '../observe/actual.ts';
import type { ForwardChain } from '../ports/host.ts';
import type { Step } from './steps.ts';

/**
 * Docker's own chains grow with every network and every packet walks them; DOCKER-USER is Docker's
 * documented place for a short cut past them. Only packets that bear our mark take it, which our own
 * table has judged before (forward, filter - 5) and judges again (guard): it is speed, not safety.
 */
const SHORT_CUT: readonly (readonly string[])[] = [
  [
    '-m',
    'mark',
    '!',
    '--mark',
    `0x0/0x${MARK_MASK.toString(16)}`,
    '-m',
    'comment',
    '--comment',
    RULE_COMMENT,
    '-j',
    'ACCEPT',
  ],
];

export function planDockerUser(
  actual: readonly (readonly string[])[] | null,
  wanted: boolean,
): readonly Step[] {
  if (actual === null) return [];
  const rules = wanted ? SHORT_CUT : [];
  const own = actual.filter((rule) => rule.includes(RULE_COMMENT));
  if (JSON.stringify(own) === JSON.stringify(rules)) return [];
  return [
    {
      kind: 'docker-user.set',
      args: { rules },
      network: null,
      why: wanted
        ? 'the short cut past Docker’s chains is missing'
        : 'the short cut past Docker’s chains is not needed',
    },
  ];
}

/**
 * Whether nothing leads from FORWARD to Docker's rules any more while what they would let through is
 * dropped: somebody has flushed the chain (`iptables -F`, a firewall program that was restarted), which
 * leaves the policy DROP that Docker has set.
 */
export function isCutOff({ forward }: Pick<Actual, 'forward'>): boolean {
  return forward?.policy === 'DROP' && !forward.jumps.includes(DOCKER_USER);
}

/** Whether FORWARD leads to what Docker itself decides, and not only to what it leaves to others. */
export function hasDockersRules({ jumps }: ForwardChain): boolean {
  // DOCKER-ISOLATION-STAGE-1 up to Docker 27, DOCKER-FORWARD since.
  return jumps.some((target) => target.startsWith('DOCKER-') && target !== DOCKER_USER);
}

/**
 * Docker leads FORWARD to DOCKER-USER when it starts and with every network that it makes (libnetwork,
 * arrangeUserFilterRule), but does not notice a flush. The same one rule is put back where its chain is
 * still there: behind it our short cut lets managed packets through, and nothing else. A chain that is
 * gone was taken away by somebody's own set of rules, which is not ours to open.
 */
export function planForwarding({
  dockerUser,
  forward,
}: Pick<Actual, 'dockerUser' | 'forward'>): readonly Step[] {
  if (dockerUser === null || !isCutOff({ forward })) return [];
  return [
    {
      kind: 'docker-user.lead',
      args: null,
      network: null,
      why: 'FORWARD of iptables did not lead to DOCKER-USER any more (somebody has flushed it), and its policy drops what is forwarded',
    },
  ];
}
