import type { MemorySample } from './memory.ts';

export interface SoakOptions {
  readonly minutes: number;
  readonly networks: number;
  readonly containers: number;
  readonly seed: number;
}

/** One fault and how it ended. */
export interface Happening {
  readonly fault: string;
  readonly repairMs: number;
}

/** Everything that the report tells. */
export interface SoakResult extends SoakOptions {
  readonly happenings: readonly Happening[];
  readonly sent: number;
  readonly delivered: number;
  /** Packets that were seen on the uplinks. */
  readonly seen: number;
  readonly leaked: number;
  readonly memory: readonly MemorySample[];
  /** What the oracle saw when there was no guard, in the end. */
  readonly control: number;
}
