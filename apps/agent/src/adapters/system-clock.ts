import { randomBytes } from 'node:crypto';
import type { Clock } from '../ports/host.ts';

export function createSystemClock(): Clock {
  return { now: () => Date.now(), id: () => uuidv7(Date.now()) };
}

/** UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then random. Sorts by time. */
function uuidv7(now: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
