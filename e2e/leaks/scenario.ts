import assert from 'node:assert/strict';
import type { Leak } from '@sallyport/lab/oracle';
import { longestSilence, totalSince } from '../support/figures.ts';
import { type Subject, told } from '../support/world.ts';
import type { Stage } from './stage.ts';

/** What a scenario has found; the subject's load is measured from `since` until the scenario ends. */
export interface Finding {
  /** Epoch milliseconds at which it happened. */
  readonly since: number;
  readonly leaks: readonly Leak[];
  /** Whose load goes into the table; without one `figures` must say what was sent. */
  readonly subject?: Subject;
  readonly figures?: Figures;
  /** From the fault to the repair, as seen from outside of the agent. */
  readonly repairMs?: number;
  /** More milliseconds of interest, such as the time from a container's start to its first packet. */
  readonly times?: Readonly<Record<string, readonly number[]>>;
}

/** Packets, questions and connections. */
export interface Figures {
  readonly sent: number;
  readonly delivered: number;
}

/** One way in which traffic might leave by the wrong address. */
export interface Scenario<S extends Stage = Stage> {
  /** Its number in the list of scenarios; several may share one. */
  readonly id: `L${number}`;
  readonly title: string;
  /** With everything in place. @throws when more than the capture is not as it should be */
  readonly run: (stage: S) => Promise<Finding>;
  /** The same with something taken away: the same oracle must see the leak. */
  readonly control: Control<S>;
}

export interface Control<S extends Stage = Stage> {
  /** What is taken away. */
  readonly without: string;
  /** What the oracle saw, in words; empty means that it is blind. */
  readonly run: (stage: S) => Promise<string>;
}

/** One line of the table at the end. */
export interface Row extends Figures {
  readonly id: string;
  readonly title: string;
  readonly leaked: number;
  /** What leaked, in words; empty when nothing did. */
  readonly leaks: string;
  /** Longest time without a packet beyond the host; null where nothing was sent all the time. */
  readonly gapMs: number | null;
  readonly repairMs: number | null;
  readonly times: Readonly<Record<string, readonly number[]>>;
}

/** Plays a scenario with everything in place. @throws when more than the capture is not as it should be */
export async function play<S extends Stage>(scenario: Scenario<S>, stage: S): Promise<Row> {
  // What comes next is judged by itself. A scenario that failed says more than a host that stays so.
  const [played] = await Promise.allSettled([measure(scenario, stage)]);
  const [healed] = await Promise.allSettled([stage.heal()]);
  if (played.status === 'rejected') throw played.reason;
  if (healed.status === 'rejected') throw healed.reason;
  return played.value;
}

async function measure<S extends Stage>(scenario: Scenario<S>, stage: S): Promise<Row> {
  const { since, leaks, subject, figures, repairMs, times } = await scenario.run(stage);
  const measured = subject === undefined ? figures : await totalSince(subject, since);
  assert.ok(measured !== undefined && measured.sent > 0, 'nothing was sent, so nothing was tested');
  const gapMs = subject === undefined ? null : await longestSilence(stage.world, subject, since);
  return {
    id: scenario.id,
    title: scenario.title,
    ...measured,
    leaked: leaks.length,
    leaks: told(leaks),
    gapMs,
    repairMs: repairMs === undefined ? null : Math.round(repairMs),
    times: times ?? {},
  };
}

/** Plays the negative control and puts everything back; answers what the oracle saw. */
export async function playControl<S extends Stage>(
  { control }: Scenario<S>,
  stage: S,
): Promise<string> {
  try {
    return await control.run(stage);
  } finally {
    await stage.heal();
  }
}
