/**
 * How a session stands.
 * - `requested`: written down; nothing of it exists yet.
 * - `starting`: its container is made or started; nobody may see its desktop yet.
 * - `running`: its display answers, and it leaves by the address that it should leave by.
 * - `pausing`, `paused`: its processes are frozen, memory kept.
 * - `resuming`: thawed, but not shown before its address has been verified again.
 * - `stopping`, `stopped`: its processes have ended, container and profile kept.
 * - `deleting`, `deleted`: its container is removed. `deleted` is final.
 * - `failed`: it could not start, or it ended by itself. Its container may still be there.
 * - `quarantined`: it was seen to leave by another address than its network's. Shown to nobody.
 */
export const SESSION_STATES = [
  'requested',
  'starting',
  'running',
  'pausing',
  'paused',
  'resuming',
  'stopping',
  'stopped',
  'deleting',
  'deleted',
  'failed',
  'quarantined',
] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/**
 * What happens to a session. The first group is asked for by people and by expiry; the second is
 * found out about its container. `lost`: the container is not there any more. `ended`: its processes
 * ended by themselves. `unverified`: the observed address is not the expected one.
 */
export const SESSION_EVENTS = [
  'start',
  'pause',
  'resume',
  'stop',
  'delete',
  'ready',
  'froze',
  'ended',
  'failed',
  'lost',
  'removed',
  'unverified',
] as const;
export type SessionEvent = (typeof SESSION_EVENTS)[number];

/** What a person may ask of a session. */
export const SESSION_ACTIONS = [
  'open',
  'start',
  'pause',
  'resume',
  'stop',
  'delete',
  'screenshot',
  'share',
  'logs',
] as const;
export type SessionAction = (typeof SESSION_ACTIONS)[number];

type Transitions = Readonly<Partial<Record<SessionEvent, SessionState>>>;

/** Whatever state it is in, a container that is gone or leaves wrongly is never shown. */
const WRONG: Transitions = { lost: 'failed', unverified: 'quarantined', delete: 'deleting' };

/** What is not listed is refused. Events that come twice lead back to the state that they led to. */
const TRANSITIONS: Readonly<Record<SessionState, Transitions>> = {
  requested: { start: 'starting', failed: 'failed', delete: 'deleting' },
  starting: { ...WRONG, ready: 'running', ended: 'failed', failed: 'failed', stop: 'stopping' },
  // `ready` again: the display and the address are looked at from time to time.
  // `froze` unasked: somebody paused the container by hand.
  running: {
    ...WRONG,
    ready: 'running',
    froze: 'paused',
    ended: 'failed',
    pause: 'pausing',
    stop: 'stopping',
  },
  // A container that could not be frozen goes on to run: `ready` says so.
  pausing: { ...WRONG, froze: 'paused', ready: 'running', ended: 'failed', stop: 'stopping' },
  paused: { ...WRONG, froze: 'paused', resume: 'resuming', ended: 'failed', stop: 'stopping' },
  resuming: { ...WRONG, ready: 'running', froze: 'paused', ended: 'failed', stop: 'stopping' },
  stopping: { ended: 'stopped', failed: 'failed', lost: 'failed', delete: 'deleting' },
  stopped: { start: 'starting', ended: 'stopped', lost: 'failed', delete: 'deleting' },
  // A container that is gone, whoever removed it, is what was wanted.
  deleting: { removed: 'deleted', lost: 'deleted', delete: 'deleting' },
  deleted: { removed: 'deleted', lost: 'deleted', delete: 'deleted' },
  // `start` makes a new container where the old one is lost.
  failed: { start: 'starting', stop: 'stopping', lost: 'failed', delete: 'deleting' },
  // Never back to running by itself: a person stops it, starts it anew, and it is verified anew.
  quarantined: {
    unverified: 'quarantined',
    ended: 'stopped',
    lost: 'failed',
    stop: 'stopping',
    delete: 'deleting',
  },
};

/** The next state, or `undefined` where the event is not possible and the state stays. */
export function nextSessionState(
  state: SessionState,
  event: SessionEvent,
): SessionState | undefined {
  return TRANSITIONS[state][event];
}

const leadsOn = (event: SessionEvent) => (state: SessionState) =>
  TRANSITIONS[state][event] !== undefined;

const CONDITIONS: Readonly<Record<SessionAction, (state: SessionState) => boolean>> = {
  open: sessionIsShown,
  screenshot: sessionIsShown,
  share: sessionIsShown,
  logs: (state) => state !== 'requested' && state !== 'deleted',
  // A session that was just requested is started by the platform, not by a person.
  start: (state) => state === 'stopped' || state === 'failed',
  pause: leadsOn('pause'),
  resume: leadsOn('resume'),
  stop: leadsOn('stop'),
  delete: (state) => state !== 'deleting' && state !== 'deleted',
};

/** Whether an action is offered, and accepted, in this state. Rights are decided elsewhere. */
export function sessionAllows(state: SessionState, action: SessionAction): boolean {
  return CONDITIONS[action](state);
}

/** The actions of a state, in the order of {@link SESSION_ACTIONS}. */
export function sessionActions(state: SessionState): readonly SessionAction[] {
  return SESSION_ACTIONS.filter((action) => sessionAllows(state, action));
}

/** Only what runs and is verified is shown: live connections to any other state are cut. */
export function sessionIsShown(state: SessionState): boolean {
  return state === 'running';
}

/** States that the platform has to lead on: after a crash each of them is looked at again. */
export function sessionIsUnderWay(state: SessionState): boolean {
  return (
    state === 'requested' ||
    state === 'starting' ||
    state === 'pausing' ||
    state === 'resuming' ||
    state === 'stopping' ||
    state === 'deleting'
  );
}

/** States that count against a user's maximum of sessions: something of it holds memory or may. */
export function sessionCounts(state: SessionState): boolean {
  return state !== 'stopped' && state !== 'failed' && state !== 'deleting' && state !== 'deleted';
}
