import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  nextSessionState,
  SESSION_EVENTS,
  SESSION_STATES,
  type SessionEvent,
  type SessionState,
  sessionActions,
  sessionAllows,
  sessionCounts,
  sessionIsShown,
  sessionIsUnderWay,
} from './session-state.ts';

const TABLE = `
requested    start>starting delete>deleting failed>failed
starting     stop>stopping delete>deleting ready>running ended>failed failed>failed lost>failed unverified>quarantined
running      pause>pausing stop>stopping delete>deleting ready>running froze>paused ended>failed lost>failed unverified>quarantined
pausing      stop>stopping delete>deleting ready>running froze>paused ended>failed lost>failed unverified>quarantined
paused       resume>resuming stop>stopping delete>deleting froze>paused ended>failed lost>failed unverified>quarantined
resuming     stop>stopping delete>deleting ready>running froze>paused ended>failed lost>failed unverified>quarantined
stopping     delete>deleting ended>stopped failed>failed lost>failed
stopped      start>starting delete>deleting ended>stopped lost>failed
deleting     delete>deleting lost>deleted removed>deleted
deleted      delete>deleted lost>deleted removed>deleted
failed       start>starting stop>stopping delete>deleting lost>failed
quarantined  stop>stopping delete>deleting ended>stopped lost>failed unverified>quarantined
`;

const ACTIONS = `
requested    delete
starting     stop delete logs
running      open pause stop delete screenshot share logs
pausing      stop delete logs
paused       resume stop delete logs
resuming     stop delete logs
stopping     delete logs
stopped      start delete logs
deleting     logs
deleted      
failed       start stop delete logs
quarantined  stop delete logs
`;

const rows = (cells: (state: SessionState) => readonly string[]): string =>
  `\n${SESSION_STATES.map((state) => `${state.padEnd(13)}${cells(state).join(' ')}`).join('\n')}\n`;

test('every state with every event: what is not in the table is refused', () => {
  const table = rows((state) =>
    SESSION_EVENTS.flatMap((event) => {
      const next = nextSessionState(state, event);
      return next === undefined ? [] : [`${event}>${next}`];
    }),
  );
  expect(table).toBe(TABLE);
});

test('every state with every action', () => {
  expect(rows(sessionActions)).toBe(ACTIONS);
});

test('every state can be reached from requested, and deleted can be reached from every state', () => {
  expect(reachable('requested')).toEqual(new Set(SESSION_STATES));
  for (const state of SESSION_STATES) expect(reachable(state)).toContain('deleted');
});

test('an action that changes the state leads to another state than before', () => {
  for (const state of SESSION_STATES) {
    for (const action of ['start', 'pause', 'resume', 'stop', 'delete'] as const) {
      if (sessionAllows(state, action)) {
        expect([undefined, state]).not.toContain(nextSessionState(state, action));
      }
    }
  }
});

test('a state that is under way has an event that leads out of it', () => {
  for (const state of SESSION_STATES.filter(sessionIsUnderWay)) {
    const events = SESSION_EVENTS.filter((event) => nextSessionState(state, event) !== undefined);
    expect(events.some((event) => nextSessionState(state, event) !== state)).toBe(true);
  }
});

function reachable(from: SessionState): ReadonlySet<SessionState> {
  const found = new Set([from]);
  for (const state of found) {
    for (const event of SESSION_EVENTS) {
      const next = nextSessionState(state, event);
      if (next !== undefined) found.add(next);
    }
  }
  return found;
}

/** A container as Docker has it, and what the platform knows of it: the machine comes second. */
interface Model {
  container: 'none' | 'stopped' | 'runs' | 'frozen';
  /** Whether it leaves by the right address; nobody knows before it is verified. */
  leavesRight: boolean;
  verified: boolean;
}
interface Real {
  state: SessionState;
}

/** The container of which an event can be observed. */
const SEEN_OF: Readonly<Partial<Record<SessionEvent, Model['container']>>> = {
  ready: 'runs',
  unverified: 'runs',
  froze: 'frozen',
  ended: 'stopped',
  lost: 'none',
  removed: 'none',
};

/** What the platform does when it was asked, and what the world does of its own accord. */
class Happens implements fc.Command<Model, Real> {
  readonly event: SessionEvent;
  readonly leavesRight: boolean;
  constructor(event: SessionEvent, leavesRight: boolean) {
    this.event = event;
    this.leavesRight = leavesRight;
  }

  /** Only what is true of this container can be observed. What people ask can come at any time. */
  check({ container }: Readonly<Model>): boolean {
    const seenOf = SEEN_OF[this.event];
    return seenOf === undefined || seenOf === container;
  }

  run(model: Model, real: Real): void {
    // The observation says what is true: a container that leaves wrongly is never called ready.
    const seen = this.event === 'ready' && !model.leavesRight ? 'unverified' : this.event;
    const next = nextSessionState(real.state, seen);
    const before = real.state;
    real.state = next ?? before;
    if (next !== undefined) carryOut(seen, model, this.leavesRight);
    if (before === 'deleted') assert.equal(real.state, 'deleted');
    // The promises: nothing is shown that is not there, or that was not verified since it last ran.
    if (sessionIsShown(real.state)) {
      assert(model.verified);
      assert(sessionCounts(real.state));
    }
    if (real.state === 'deleted') assert.equal(model.container, 'none');
    if (before === 'quarantined') assert.notEqual(real.state, 'running');
  }

  toString(): string {
    return this.event;
  }
}

/** The platform's side of an accepted event. */
function carryOut(event: SessionEvent, model: Model, leavesRight: boolean): void {
  switch (event) {
    case 'start':
    case 'resume':
      Object.assign(model, { container: 'runs', leavesRight, verified: false });
      return;
    case 'pause':
      Object.assign(model, { container: 'frozen', verified: false });
      return;
    case 'ready':
      model.verified = true;
      return;
    case 'stop':
      Object.assign(model, { container: 'stopped', verified: false });
      return;
    case 'delete':
      Object.assign(model, { container: 'none', verified: false });
      return;
    default:
      // Observations change nothing of the container.
      return;
  }
}

/** Docker and people with a root shell: containers end, freeze and disappear without being asked. */
class Breaks implements fc.Command<Model, Real> {
  readonly to: Model['container'];
  constructor(to: Model['container']) {
    this.to = to;
  }
  check({ container }: Readonly<Model>): boolean {
    return container !== 'none';
  }
  run(model: Model): void {
    model.container = this.to;
  }
  toString(): string {
    return `container ${this.to}`;
  }
}

test('whatever happens in whatever order, only what is verified is shown, and deleted is gone', () => {
  const commands = fc.commands(
    [
      fc
        .tuple(fc.constantFrom(...SESSION_EVENTS), fc.boolean())
        .map(([event, leavesRight]) => new Happens(event, leavesRight)),
      fc
        .constantFrom('none' as const, 'stopped' as const, 'frozen' as const)
        .map((to) => new Breaks(to)),
    ],
    { maxCommands: 60 },
  );
  fc.assert(
    fc.property(commands, (sequence) => {
      fc.modelRun(
        () => ({
          model: { container: 'none', leavesRight: true, verified: false } as Model,
          real: { state: 'requested' } as Real,
        }),
        sequence,
      );
    }),
    { numRuns: 2_000 },
  );
});
