import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beginLife, type SessionLife, type Victim } from '../../test/session-life.ts';
import { VERIFY_AGAIN_MS, VERIFY_EVERY_MS } from './keeper.ts';
import { agrees } from './reconcile.ts';

const ACTIONS = ['start', 'pause', 'resume', 'stop', 'delete'] as const;
const STATES = ['running', 'paused', 'exited'] as const;

/** What must hold, as far as the answers that were given promise it. */
interface Model {
  requests: number;
  /** Sessions that were answered for. */
  readonly answered: Set<string>;
  /** Sessions whose end was answered for. */
  readonly ended: Set<string>;
  /** Containers that somebody removed by hand, and how often. */
  readonly removed: Map<string, number>;
}

type Command = fc.AsyncCommand<Model, SessionLife>;

/** A few steps of everything that goes on; what hangs for ever is left behind. */
async function someTurns(work?: Promise<unknown>): Promise<void> {
  const waiting = new AbortController();
  const end = (): void => waiting.abort();
  work?.then(end, end);
  for (let turns = 0; turns < 40 && !waiting.signal.aborted; turns += 1) await turn();
}

function command(
  name: string,
  run: (model: Model, life: SessionLife) => Promise<void> | void,
): Command {
  return {
    check: () => true,
    run: async (model, life) => {
      await run(model, life);
    },
    toString: () => name,
  };
}

async function pick(life: SessionLife, index: number): Promise<string | undefined> {
  const rows = await life.rows();
  return rows.length === 0 ? undefined : rows[index % rows.length]?.id;
}

const index = fc.nat({ max: 3 });

const commands = fc.commands(
  [
    fc.constant(
      command('request', async (model, life) => {
        model.requests += 1;
        const { caller, imageId } = life;
        const asked = life.sessions().request(caller, { imageId });
        await someTurns(asked.then(({ id }) => void model.answered.add(id)));
      }),
    ),
    fc.tuple(fc.constantFrom(...ACTIONS), index).map(([action, at]) =>
      command(`${action} ${at}`, async (model, life) => {
        const id = await pick(life, at);
        if (id === undefined) return;
        const asked = life.sessions().act(life.caller, { id, action });
        await someTurns(
          asked.then(() => {
            if (action === 'delete') model.ended.add(id);
          }),
        );
      }),
    ),
    fc
      .tuple(fc.constantFrom<Victim>('server', 'agent'), fc.integer({ min: 1, max: 8 }))
      .map(([victim, after]) =>
        command(`the ${victim} dies after ${after}`, (_, life) => {
          void life.dieAt(life.points() + after, victim);
        }),
      ),
    fc.constant(command('restart', (_, life) => life.restart())),
    fc.boolean().map((away) =>
      command(away ? 'the agent is away' : 'the agent is back', (_, life) => {
        life.agent.reachable = !away;
      }),
    ),
    fc.tuple(fc.constantFrom(...STATES, null), index).map(([state, at]) =>
      command(`by hand ${at}: ${state}`, (model, { agent }) => {
        const ids = [...agent.sessions.containers.keys()];
        const id = ids[at % Math.max(ids.length, 1)];
        if (id === undefined) return;
        if (state !== null) agent.sessions.become(id, state, 0);
        else {
          agent.sessions.containers.delete(id);
          model.removed.set(id, (model.removed.get(id) ?? 0) + 1);
        }
      }),
    ),
    fc.tuple(fc.boolean(), index).map(([wrong, at]) =>
      command(`the address of ${at} is ${wrong ? 'wrong' : 'right'}`, async (_, life) => {
        const id = await pick(life, at);
        if (id === undefined) return;
        if (wrong) life.agent.sessions.seenAs.set(id, '203.0.113.9');
        else life.agent.sessions.seenAs.delete(id);
      }),
    ),
    fc.constant(command('look', (_, life) => someTurns(life.look()))),
    fc.constant(
      command('time passes', (_, life) => {
        life.clock.now += 20 * 60_000;
      }),
    ),
    fc.constant(command('a while', () => someTurns())),
  ],
  { maxCommands: 30 },
);

async function checkEnd(model: Model, life: SessionLife): Promise<void> {
  await life.settle();
  // Long enough for everything to be verified again; whatever is due is done.
  life.clock.now += VERIFY_EVERY_MS;
  for (let looks = 0; looks < 3; looks += 1) {
    await life.look();
    await life.settle();
    life.clock.now += VERIFY_AGAIN_MS;
  }
  const rows = await life.rows();
  const { sessions } = life.agent;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const containers = [...sessions.containers.values()].map(({ session }) => session);
  const faults = [
    ...life.wrongs,
    ...[...model.answered].filter((id) => !byId.has(id)).map((id) => `${id} is lost`),
    ...[...model.ended]
      .filter((id) => byId.get(id)?.state !== 'deleted')
      .map((id) => `${id} was deleted and is ${byId.get(id)?.state}`),
    ...rows
      .filter((row) => !agrees(row, sessions.containers.get(row.id)?.session.state ?? 'none'))
      .map(
        ({ id, state }) =>
          `${id} is ${state}, its container ${sessions.containers.get(id)?.session.state}`,
      ),
    ...containers
      .filter(({ id }) => (byId.get(id)?.state ?? 'deleted') === 'deleted')
      .map(({ id }) => `the container of ${id} is an orphan`),
    ...[...sessions.made]
      .filter(([id, count]) => count > 1 + (model.removed.get(id) ?? 0))
      .map(([id, count]) => `${id} was made ${count} times`),
    ...rows
      .filter(({ id, state }) => state === 'running' && sessions.seenAs.has(id))
      .map(({ id }) => `${id} is shown, and leaves by a wrong address`),
  ];
  expect(faults).toEqual([]);
  expect(rows.length).toBeLessThanOrEqual(model.requests);
}

test('whatever is asked, and whoever dies when: nothing is lost, doubled or orphaned', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const life = await beginLife();
      try {
        const model: Model = {
          requests: 0,
          answered: new Set(),
          ended: new Set(),
          removed: new Map(),
        };
        await fc.asyncModelRun(() => ({ model, real: life }), sequence);
        await checkEnd(model, life);
      } finally {
        await life.close();
      }
    }),
    { numRuns: 100 },
  );
}, 120_000);
