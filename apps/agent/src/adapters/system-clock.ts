import { randomBytes } from 'node:crypto';
import { uuid7 } from '@sallyport/core/uuid7';
import type { Clock } from '../ports/host.ts';

export function createSystemClock(): Clock {
  return { now: () => Date.now(), id: () => uuid7(Date.now(), randomBytes(16)) };
}
