import { randomBytes } from 'node:crypto';
import { uuid7 } from '@sallyport/core/uuid7';

/** What services need of the world besides the database. */
export interface World {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (size: number) => Buffer;
}

export const REAL_WORLD: World = { now: Date.now, randomBytes };

/** A UUID of version 7, sorted by the millisecond of its making. */
export function newId({ now, randomBytes: random }: World): string {
  return uuid7(now(), random(16));
}
