import type { EventKind } from '@sallyport/contract/host';

/** Something that happened, before it has an id and a time. */
export interface RecordedEvent {
  readonly kind: EventKind;
  readonly network: string | null;
  /** Id of the session that it is about. */
  readonly session?: string;
  readonly message: string;
  readonly reason: string;
  readonly actor: string | null;
}

export type RecordEvent = (event: RecordedEvent) => Promise<void>;
