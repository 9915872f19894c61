import { play, playControl, type Row, type Scenario } from './scenario.ts';
import type { Pace, Stage } from './stage.ts';

/** A scenario with its lab up, ready to be played. */
export interface Played {
  readonly id: string;
  readonly title: string;
  /** What the negative control takes away. */
  readonly without: string;
}

/** Scenarios that share a lab, in the order in which they are played. */
export interface Group {
  readonly name: string;
  readonly scenarios: readonly Played[];
  /** Puts the lab up. */
  readonly open: (pace: Pace) => Promise<OpenGroup>;
}

export interface OpenGroup {
  readonly play: (index: number) => Promise<Row>;
  /** What the oracle saw; an empty text is a blind oracle. */
  readonly playControl: (index: number) => Promise<string>;
  readonly down: () => Promise<void>;
}

/** Hides what kind of stage a group needs, so that all of them fit into one list. */
export function defineGroup<S extends Stage>(
  name: string,
  up: (name: string, pace: Pace) => Promise<S>,
  scenarios: readonly Scenario<S>[],
): Group {
  const at = (index: number): Scenario<S> => {
    const scenario = scenarios[index];
    if (scenario === undefined) throw new Error(`group ${name} has no scenario ${index}`);
    return scenario;
  };
  return {
    name,
    scenarios: scenarios.map(({ id, title, control }) => ({ id, title, without: control.without })),
    open: async (pace) => {
      const stage = await up(name, pace);
      return {
        play: (index) => play(at(index), stage),
        playControl: (index) => playControl(at(index), stage),
        down: () => stage.world.down(),
      };
    },
  };
}
