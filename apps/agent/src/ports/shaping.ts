/** What limits a bridge towards its containers. */
export interface Shape {
  readonly bridge: string;
  /** Bytes per second; null: not limited. */
  readonly rate: number | null;
}

/** Queues that limit bridges, and nothing else of the host's queueing. */
export interface Shaping {
  /** What carries our mark, whoever made it; bridges that are not limited are left out. */
  observe(): Promise<readonly Shape[]>;
  /** Makes one bridge so. Taking away what is not there, or not ours, is fine. */
  apply(shape: Shape): Promise<void>;
}
