import { randomBytes } from 'node:crypto';

/** What services need of the world besides the database. */
export interface World {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (size: number) => Buffer;
}

export const REAL_WORLD: World = { now: Date.now, randomBytes };

/** A UUID of version 7 (RFC 9562, 5.7): sorted by the millisecond of its making. */
export function newId({ now, randomBytes: random }: World): string {
  const bytes = random(16);
  bytes.writeUIntBE(now(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
