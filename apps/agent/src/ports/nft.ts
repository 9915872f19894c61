/**
 * A set or map of the table: its declaration, and its elements in nft's own spelling, in which a single
 * address has no length. Prefixes that lie next to one another stay apart; nothing is merged.
 */
export interface NftSet {
  readonly kind: 'set' | 'map';
  /** Type expression, for example `ipv4_addr . ifname`, or `ipv4_addr : ipv4_addr` for a map. */
  readonly type: string;
  readonly interval: boolean;
  readonly elements: readonly string[];
}

/** A chain: its hook line (null for a chain that is only jumped to) and its rules, one a line. */
export interface NftChain {
  readonly hook: string | null;
  readonly rules: readonly string[];
}

/** A named limit: what is beyond it matches. Linux lets one second's worth pass at once besides the burst. */
export interface NftLimit {
  /** Bytes per second. */
  readonly rate: number;
  /** Bytes. */
  readonly burst: number;
}

/** Everything in our table. Order of chains is order of definition: a chain before who jumps to it. */
export interface NftTable {
  readonly counters: readonly string[];
  readonly limits: Readonly<Record<string, NftLimit>>;
  readonly sets: Readonly<Record<string, NftSet>>;
  readonly chains: Readonly<Record<string, NftChain>>;
}

export interface NftCounter {
  readonly packets: number;
  readonly bytes: number;
}
export type NftCounters = Readonly<Record<string, NftCounter>>;

/** Elements to add and to remove, by name of set. */
export interface NftDelta {
  readonly add: Readonly<Record<string, readonly string[]>>;
  readonly remove: Readonly<Record<string, readonly string[]>>;
}

/** What the kernel holds, as `nft -s list table` prints it. */
export interface NftListing {
  /** Sorted elements by name of set or map. */
  readonly elements: Readonly<Record<string, readonly string[]>>;
  /** All the rest of the listing (declarations, chains, rules), without elements. */
  readonly structure: string;
}

/** Our table in nftables, and nothing else there. */
export interface Nft {
  /** Replaces the whole table in one transaction; counters start with the values given. */
  replaceTable(table: NftTable, counters: NftCounters): Promise<void>;
  /**
   * Removes and adds elements in one transaction; fails, changing nothing, where the table differs.
   * Only what {@link listTable} has told may be removed: of concatenations the kernel (6.18) removes
   * whatever holds the first corner of the element named.
   */
  changeElements(delta: NftDelta): Promise<void>;
  /** null: there is no such table. */
  listTable(): Promise<NftListing | null>;
  /** Empty where there is no table. */
  counters(): Promise<NftCounters>;
  /** Idempotent. */
  deleteTable(): Promise<void>;
  /** The text with which `nft -f` makes this table from nothing, for the guard at boot. */
  textOf(table: NftTable): string;
  /** Version of the nft program, for example `1.0.6`. */
  version(): Promise<string>;
}
