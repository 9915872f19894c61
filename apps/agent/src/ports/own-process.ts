/** The agent's own process, as the kernel sees it. */
export interface OwnProcess {
  /** The set of effective capabilities, a bit each (linux/capability.h). */
  capabilities(): Promise<bigint>;
  /** Where the agent keeps what was asked for. */
  stateDir(): Promise<StateDirFacts>;
}

export interface StateDirFacts {
  readonly path: string;
  /** Why nothing can be written there; null: it can. */
  readonly refusal: string | null;
  /** What is free of its file system; null where nobody can tell. */
  readonly freeBytes: number | null;
}
