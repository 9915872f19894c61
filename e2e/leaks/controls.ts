import { withoutProtection } from '../support/protection.ts';
import type { Control, Scenario } from './scenario.ts';
import { type LoadStage, seen } from './stage.ts';

/* Negative controls that several scenarios share. */

/** The fault again with our table, our rules and the agent gone: both loads are seen as they are. */
export function bare(fault: (stage: LoadStage) => Promise<unknown>): Control<LoadStage> {
  return {
    without: 'our table, our rules and the agent',
    run: async (stage) => {
      await withoutProtection(stage.world);
      await fault(stage);
      const since = Date.now();
      await stage.pause();
      return seen(stage, since);
    },
  };
}

/** The kernel alone: the agent is frozen, then one thing is done after the other. Answers since when. */
export async function frozen(
  stage: LoadStage,
  ...things: readonly (() => Promise<unknown>)[]
): Promise<number> {
  stage.world.agent.signal('SIGSTOP');
  for (const thing of things) await thing();
  const since = Date.now();
  await stage.pause();
  return since;
}

/** A fault under both loads that the agent mends: nothing leaks, both flow again. */
export function mended(
  { id, title }: Pick<Scenario, 'id' | 'title'>,
  fault: (stage: LoadStage) => Promise<unknown>,
  repaired: (stage: LoadStage) => Promise<number | undefined>,
): Scenario<LoadStage> {
  return {
    id,
    title,
    run: async (stage) => {
      const since = Date.now();
      await fault(stage);
      const repairMs = await repaired(stage);
      await stage.untilBothFlow();
      const leaks = await stage.leaks(since);
      return { since, leaks, subject: stage.a, ...(repairMs === undefined ? {} : { repairMs }) };
    },
    control: bare(fault),
  };
}
