/** What a connection to a desktop hangs on: the end of any of these ends it. */
export interface DisplayOwner {
  readonly sessionId: string;
  /** `undefined` for somebody without an account who came by a share's link. */
  readonly userId: string | undefined;
  /** The sign-in that the ticket was asked with. */
  readonly signInId: string | undefined;
  /** The share by whose link somebody came. */
  readonly shareId: string | undefined;
}

/** Why a connection is cut, with the close code that the viewer reads. */
export const CUT_CODES = {
  'session-ended': 4001,
  'right-revoked': 4002,
  'signed-out': 4003,
  'share-ended': 4004,
  shutdown: 4005,
  idle: 4006,
} as const;
export type CutReason = keyof typeof CUT_CODES;

/** Whose connections: of all that are named here. Nothing named means every connection. */
export type CutSelector = Partial<{ readonly [K in keyof DisplayOwner]: string }>;

interface Entry {
  readonly owner: DisplayOwner;
  readonly cut: (reason: CutReason) => void;
}

/** Every connection to a desktop from its admission on, so that it can be cut at once. */
export class LiveDisplays {
  readonly #entries = new Set<Entry>();

  /** @returns a function that takes the connection out again, to be called when it has ended */
  add(owner: DisplayOwner, cut: (reason: CutReason) => void): () => void {
    const entry: Entry = { owner, cut };
    this.#entries.add(entry);
    return () => {
      this.#entries.delete(entry);
    };
  }

  /** @returns how many were cut */
  cut(selector: CutSelector, reason: CutReason): number {
    const wanted = Object.entries(selector) as [keyof DisplayOwner, string][];
    const found = [...this.#entries].filter(({ owner }) =>
      wanted.every(([key, value]) => owner[key] === value),
    );
    for (const entry of found) {
      this.#entries.delete(entry);
      entry.cut(reason);
    }
    return found.length;
  }

  /** How many people look at a session's desktop. */
  count(sessionId: string): number {
    return [...this.#entries].filter(({ owner }) => owner.sessionId === sessionId).length;
  }
}
