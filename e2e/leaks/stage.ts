import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowExpectation, Leak } from '@sallyport/lab/oracle';
import { untilFlowing } from '../support/figures.ts';
import { A, B, flowOf, type Subject, told, until, upWorld, type World } from '../support/world.ts';

/** How long and how much; the short form is for every run of the tests. */
export interface Pace {
  readonly long: boolean;
}

/** A lab on which scenarios are played one after the other. */
export interface Stage extends Pace {
  readonly world: World;
  /** How long a fault lasts, in milliseconds: long enough for hundreds of packets of each load. */
  readonly whileMs: number;
  /** Waits until the agent has put everything back; starts it where it is dead. */
  readonly heal: () => Promise<void>;
}

/** Both networks of the guide, each with a container that sends all the time. */
export interface LoadStage extends Stage {
  readonly a: Subject;
  readonly b: Subject;
  /** What both loads must look like while all is well. */
  readonly flows: readonly FlowExpectation[];
  /** Waits until both loads get answers. */
  readonly untilBothFlow: () => Promise<void>;
  /** What containers have sent since then and should not have been seen; both loads as ever, unless told. */
  readonly leaks: (since: number, flows?: readonly FlowExpectation[]) => Promise<readonly Leak[]>;
  /** Waits for `whileMs`. */
  readonly pause: () => Promise<void>;
}

const SHORT_MS = 700;
const LONG_MS = 5_000;

export function paceOf(long: boolean): Pick<Stage, 'long' | 'whileMs'> {
  return { long, whileMs: long ? LONG_MS : SHORT_MS };
}

export async function upLoadStage(name: string, { long }: Pace): Promise<LoadStage> {
  const world = await upWorld(name);
  await world.createGuideNetworks();
  // So that they come back with Docker, as a service's containers do.
  const options = { load: true, extra: ['--restart', 'always'] };
  const a = await world.subject('load-a', A.name, options);
  const b = await world.subject('load-b', B.name, options);
  const flows = [flowOf(a, A), flowOf(b, B)];
  const pace = paceOf(long);
  const untilBothFlow = async (): Promise<void> => {
    await Promise.all([untilFlowing(a), untilFlowing(b)]);
  };
  await untilBothFlow();
  return {
    ...pace,
    world,
    a,
    b,
    flows,
    untilBothFlow,
    leaks: (since, others = flows) => world.containerLeaks(since, others),
    pause: () => sleep(pace.whileMs),
    heal: async () => {
      await healAgent(world);
      await untilBothFlow();
    },
  };
}

/** The agent runs, its guard and rules are in place, and all its networks are Ready. */
export async function healAgent(world: World): Promise<void> {
  if (!(await world.agent.wake())) await world.agent.start();
  await until('the agent has repaired', async () => {
    const chain = ['list', 'chain', 'inet', 'sallyport', 'guard'];
    const guard = await world.lab.host.tryExec('nft', chain);
    const rules = await world.host('ip', 'rule');
    const networks = await world.agent.call('listNetworks', {});
    if (networks.length === 0) return true;
    return (
      guard.stdout.includes('jump allowed') &&
      /4101:[^]*410[2-9]:[^]*4900:/.test(rules) &&
      networks.every(({ state }) => state === 'Ready')
    );
  });
}

/** What the oracle says, as the answer of a negative control. */
export async function seen(stage: LoadStage, since: number): Promise<string> {
  return told(await stage.leaks(since));
}
