import type { SessionState } from '@sallyport/core/session-state';
import { expect, test } from 'vitest';
import { beginLife, type SessionLife, type Victim } from '../../test/session-life.ts';

/** A part of a session's life: what comes before, undisturbed, and what is done while somebody dies. */
interface Part {
  readonly name: string;
  readonly before: readonly Action[];
  /** What `before` has led to, where the end alone does not tell. */
  readonly from?: SessionState;
  readonly action: Action;
  readonly end: SessionState;
  readonly container: 'running' | 'paused' | 'exited' | null;
  readonly prepare?: (life: SessionLife) => void;
  /** What is different about the image. */
  readonly image?: object;
}

type Action =
  | 'request'
  | 'start'
  | 'pause'
  | 'resume'
  | 'stop'
  | 'delete'
  | 'verify'
  | 'quarantine'
  | 'expire';

const wrongAddress = (life: SessionLife): void => {
  for (const id of life.agent.sessions.containers.keys()) {
    life.agent.sessions.seenAs.set(id, '203.0.113.9');
  }
};

const PARTS: readonly Part[] = [
  { name: 'started', before: [], action: 'request', end: 'running', container: 'running' },
  {
    name: 'started, and its image is pulled',
    before: [],
    action: 'request',
    end: 'running',
    container: 'running',
    prepare: ({ agent }) => {
      agent.sessions.images = new Set();
    },
  },
  {
    name: 'started, and its commands are run',
    before: [],
    action: 'request',
    end: 'running',
    container: 'running',
    image: {
      execConfig: { firstLaunch: { command: ['unpack'] }, everyStart: { command: ['greet'] } },
    },
  },
  { name: 'paused', before: ['request'], action: 'pause', end: 'paused', container: 'paused' },
  {
    name: 'resumed',
    before: ['request', 'pause'],
    action: 'resume',
    end: 'running',
    container: 'running',
  },
  { name: 'stopped', before: ['request'], action: 'stop', end: 'stopped', container: 'exited' },
  {
    name: 'stopped while it was paused',
    before: ['request', 'pause'],
    action: 'stop',
    end: 'stopped',
    container: 'exited',
  },
  {
    name: 'started again',
    before: ['request', 'stop'],
    action: 'start',
    end: 'running',
    container: 'running',
  },
  { name: 'deleted', before: ['request'], action: 'delete', end: 'deleted', container: null },
  {
    name: 'quarantined',
    before: ['request'],
    action: 'verify',
    end: 'quarantined',
    container: 'paused',
    prepare: wrongAddress,
  },
  ...(
    [
      ['pause', 'paused'],
      ['stop', 'stopped'],
      ['quarantine', 'quarantined'],
    ] as const
  ).map(
    ([action, from]): Part => ({
      name: `deleted while it is ${from}`,
      before: ['request', action],
      from,
      action: 'delete',
      end: 'deleted',
      container: null,
    }),
  ),
  {
    name: 'expired',
    before: ['request'],
    from: 'running',
    action: 'expire',
    end: 'deleted',
    container: null,
  },
];

async function perform(life: SessionLife, action: Action): Promise<void> {
  const { caller, imageId } = life;
  if (action === 'request') {
    await life.sessions().request(caller, { imageId });
    return;
  }
  const [row] = await life.rows();
  const id = row?.id ?? '';
  if (action === 'quarantine') wrongAddress(life);
  if (action === 'expire') {
    life.clock.now = Math.max(life.clock.now, row?.expires_at ?? 0);
    await life.look();
  } else if (action === 'verify' || action === 'quarantine') await life.sessions().verify(id);
  else await life.sessions().act(caller, { id, action });
}

/** Plays a part, and somebody dies at a point of it. @returns how many points it has, and how it ended */
async function play(part: Part, death: { readonly at: number; readonly victim: Victim } | null) {
  const life = await beginLife(part.image);
  try {
    for (const action of part.before) {
      await perform(life, action);
      await life.settle();
    }
    if (part.from !== undefined) expect(await life.rows()).toMatchObject([{ state: part.from }]);
    part.prepare?.(life);
    const begun = life.points();
    let dead = false;
    const died =
      death === null
        ? []
        : [life.dieAt(begun + death.at, death.victim).then(() => void (dead = true))];
    // A process that dies never answers; one whose agent is away refuses.
    const asked = perform(life, part.action).catch(() => undefined);
    await Promise.race([asked, ...died]);
    await life.settle();
    const points = life.points() - begun;
    // Who was refused, or never heard, asks again, as long as it is not done.
    const [first] = await life.rows();
    if (death !== null && first?.state !== part.end) {
      await perform(life, part.action);
      await life.settle();
    }
    await life.look();
    await life.settle();
    const rows = await life.rows();
    const containers = [...life.agent.sessions.containers.values()];
    return {
      points,
      dead,
      outcome: {
        states: rows.map(({ state }) => state),
        containers: containers.map(({ session }) => session.state),
        firstLaunches: life.agent.sessions.launches.filter((one) => one === 'firstLaunch').length,
        greeted: life.agent.sessions.launches.includes('everyStart'),
        made: rows.map(({ id }) => life.agent.sessions.made.get(id)),
        wrongs: life.wrongs,
      },
    };
  } finally {
    await life.close();
  }
}

test.each(PARTS.map((part) => [part.name, part] as const))(
  'whoever dies while a session is %s, nothing is lost, doubled or orphaned',
  async (_, part) => {
    const wanted = {
      states: [part.end],
      containers: part.container === null ? [] : [part.container],
      firstLaunches: part.image === undefined ? 0 : 1,
      greeted: part.image !== undefined,
      made: [1],
      wrongs: [],
    };
    const undisturbed = await play(part, null);
    expect(undisturbed.outcome).toEqual(wanted);
    expect(undisturbed.points).toBeGreaterThan(1);
    for (const victim of ['server', 'agent'] as const) {
      for (let at = 1; at <= undisturbed.points; at += 1) {
        const { outcome, dead } = await play(part, { at, victim });
        expect({ victim, at, dead, outcome }).toEqual({ victim, at, dead: true, outcome: wanted });
      }
    }
  },
  60_000,
);
