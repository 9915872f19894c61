import { defineGroup, type Group } from './group.ts';
import { addresses } from './scenarios/addresses.ts';
import { agentLife } from './scenarios/agent-life.ts';
import { boots } from './scenarios/boots.ts';
import { rulesLost } from './scenarios/rules-lost.ts';
import { upLoadStage } from './stage.ts';

/** Every scenario that can be played here. */
export const GROUPS: readonly Group[] = [
  defineGroup('faults', upLoadStage, [...rulesLost, ...addresses]),
  defineGroup('lives', upLoadStage, [...agentLife, ...boots]),
];
