import type { EventKind } from '@sallyport/contract/host';
import type { SessionContainer } from '../ports/sessions.ts';
import { describeState } from './session-view.ts';

/** Something that has become of a session. */
export interface SessionChange {
  readonly kind: EventKind & `session.${string}`;
  readonly message: string;
}

/** Pure: what has happened between two looks; null: it was, or is, not there. */
export function sessionChanges(
  before: SessionContainer | null,
  after: SessionContainer | null,
): readonly SessionChange[] {
  if (after === null) {
    return before === null ? [] : [{ kind: 'session.deleted', message: 'its container is gone' }];
  }
  const changes: SessionChange[] = [];
  const ran = before !== null && isAlive(before);
  const anew = ran && before.startedAt !== after.startedAt;
  if (anew) changes.push({ kind: 'session.ended', message: 'it ended and was started anew' });
  if (ran && !isAlive(after))
    changes.push({ kind: 'session.ended', message: describeState(after) });
  const runs = isAlive(after) && (!ran || anew);
  if (runs) changes.push({ kind: 'session.started', message: 'it runs' });
  const wasPaused = ran && !anew && before.state === 'paused';
  const isPaused = after.state === 'paused';
  if (isPaused && !wasPaused) changes.push({ kind: 'session.paused', message: 'it is paused' });
  if (wasPaused && after.state === 'running')
    changes.push({ kind: 'session.resumed', message: 'it goes on' });
  return changes;
}

function isAlive({ state }: SessionContainer): boolean {
  return state === 'running' || state === 'paused';
}
