import type { FlowExpectation } from '@sallyport/lab/oracle';
import { expect } from 'vitest';
import { Ledger } from './ledger.ts';
import { untilFlowing } from './load.ts';
import { A, B, flowOf, type Subject, told, upWorld, type World } from './world.ts';

/** A world whose two networks of the guide each have a container that sends all the time. */
export interface LoadedWorld {
  readonly world: World;
  readonly a: Subject;
  readonly b: Subject;
  /** What both loads must look like while all is well. */
  readonly flows: readonly FlowExpectation[];
  /** Nothing leaked since then, and the first load was seen; goes into the table under the test's name. */
  readonly expectNoLeak: (since: number, options?: NoLeakOptions) => Promise<void>;
  /** Waits until both loads get answers. */
  readonly untilBothFlow: () => Promise<void>;
  /** Prints the table and takes everything down. */
  readonly down: () => Promise<void>;
}

/** What differs from "both loads as ever". */
export interface NoLeakOptions {
  readonly flows?: readonly FlowExpectation[];
  /** For the table. */
  readonly repairMs?: number;
  /** Whose figures go into the table; the first load's otherwise. */
  readonly subject?: Subject;
}

export async function upLoadedWorld(name: string): Promise<LoadedWorld> {
  const world = await upWorld(name);
  await world.createGuideNetworks();
  const a = await world.subject('load-a', A.name, { load: true });
  const b = await world.subject('load-b', B.name, { load: true });
  const flows = [flowOf(a, A), flowOf(b, B)];
  const ledger = new Ledger();
  const untilBothFlow = async (): Promise<void> => {
    await Promise.all([untilFlowing(a), untilFlowing(b)]);
  };
  await untilBothFlow();
  return {
    world,
    a,
    b,
    flows,
    untilBothFlow,
    expectNoLeak: async (since, { flows: others = flows, repairMs, subject = a } = {}) => {
      const leaks = await world.containerLeaks(since, others);
      const scenario = (expect.getState().currentTestName ?? '').split(' > ').at(-1) ?? '';
      const repaired = repairMs === undefined ? {} : { repairMs };
      await ledger.write(world, subject, { scenario, since, leaks, ...repaired });
      expect(told(leaks)).toBe('');
      // An oracle that saw nothing at all would find no leak either.
      expect(await world.packetsTo(subject.target, since)).toBeGreaterThan(0);
    },
    down: async () => {
      ledger.print();
      await world.down();
    },
  };
}
