import type { GroupSettings } from '@sallyport/core/group-settings';
import type { SessionState } from '@sallyport/core/session-state';

interface Life {
  readonly state: SessionState;
  /** Milliseconds since 1970. */
  readonly lastKeepaliveAt: number;
  readonly limitAt: number | null;
  readonly settings: Pick<GroupSettings, 'keepaliveExpiration' | 'keepaliveAction'>;
}

interface Expiry {
  readonly at: number | null;
  readonly action: GroupSettings['keepaliveAction'];
}

/** Pure: when a session ends by itself, and how. Frozen ones are not kept alive by anybody; only the time limit ends them. */
export function expiryOf({ state, lastKeepaliveAt, limitAt, settings }: Life): Expiry {
  const { keepaliveExpiration, keepaliveAction } = settings;
  const end: Expiry = {
    at: limitAt,
    // A pause would not end it.
    action: keepaliveAction === 'delete' ? 'delete' : 'stop',
  };
  if (state === 'paused' || state === 'pausing') return end;
  if (state !== 'starting' && state !== 'running' && state !== 'resuming') {
    return { at: null, action: keepaliveAction };
  }
  const alive = { at: lastKeepaliveAt + keepaliveExpiration * 1000, action: keepaliveAction };
  return limitAt !== null && limitAt <= alive.at ? end : alive;
}

/** Pure: seconds; null: none. */
export function shorterLimit(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

/** Pure: when a session ends that starts now; null: never. */
export function endOfLimit(now: number, seconds: number | null): number | null {
  return seconds === null ? null : now + seconds * 1000;
}
