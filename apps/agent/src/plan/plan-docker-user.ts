import { MARK_MASK, RULE_COMMENT } from '../constants.ts';
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
