/** Packets and bytes that the kernel has counted. */
export interface Amount {
  readonly packets: number;
  readonly bytes: number;
}

/** One end of a flow. The port is null where the protocol has none. */
export interface Peer {
  readonly address: string;
  readonly port: number | null;
}

/** A connection as the kernel tracks it. */
export interface TrackedFlow {
  /** Only unique among flows of the same tuples, and only while it lives. */
  readonly id: number;
  /** Such as `tcp`. */
  readonly protocol: string;
  /** Who began it, and to whom, before any translation. */
  readonly source: Peer;
  readonly destination: Peer;
  /** Who answers: the destination after a translation. */
  readonly answering: Peer;
  /** To whom it is answered: the source after a translation. */
  readonly leaving: Peer;
  /** By who began it, and to it; null where the kernel does not count (nf_conntrack_acct). */
  readonly sent: Amount | null;
  readonly received: Amount | null;
}

/** What a {@link FlowTracker} tells. `at` in epoch milliseconds. */
export type FlowNews =
  | { readonly kind: 'start' | 'end'; readonly at: number; readonly flow: TrackedFlow }
  /** From here on nothing is missed. */
  | { readonly kind: 'watching'; readonly at: number }
  /** Something before this moment was missed. */
  | { readonly kind: 'lost'; readonly at: number; readonly reason: string };

/** The flows that the kernel tracks, living ones and news of them. */
export interface FlowTracker {
  /**
   * Until aborted; all that came at once in one piece. A source that dies is told as `lost` and started
   * again.
   */
  follow(signal: AbortSignal): AsyncIterable<readonly FlowNews[]>;
  /** Every living flow, one at a time: there can be hundreds of thousands. */
  living(): AsyncIterable<TrackedFlow>;
}

/** Which container has begun a flow. */
export interface Origin {
  readonly network: string;
  /** null: no container was known to have the address. */
  readonly container: { readonly id: string; readonly name: string } | null;
}

/** A line of the flow log. */
export type FlowRecord =
  | (Origin & {
      /** `open`: it lived already when the agent began to watch. */
      readonly kind: 'start' | 'open' | 'end';
      readonly at: number;
      /** Epoch milliseconds; null: before the agent began to watch. */
      readonly startedAt: number | null;
      readonly flow: TrackedFlow;
    })
  | FlowGap;

/** What happened to flows before this moment may be missing, back to the record before. */
export interface FlowGap {
  readonly kind: 'gap';
  readonly at: number;
  readonly reason: string;
}

/** Where flows are kept, with bounded age and size. */
export interface FlowStore {
  /** Bytes that were added and are not on disk yet. */
  readonly waiting: number;
  /** Takes a record, in the order of time. It is on disk after the next {@link flush}. */
  add(record: FlowRecord): void;
  /** What was added is on disk when it returns; where that fails it is lost. */
  flush(): Promise<void>;
  /**
   * In pieces, newest piece first, oldest record first within each. Flows of which neither the source
   * nor the address by which they leave is the one asked for are left out; gaps are not.
   */
  read(wanted: Partial<Peer>): AsyncIterable<readonly FlowRecord[]>;
}
