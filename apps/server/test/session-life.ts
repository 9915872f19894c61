import { setImmediate as turn } from 'node:timers/promises';
import type { Client } from '@sallyport/contract/client';
import { imageCreateSchema } from '@sallyport/contract/server/images';
import { SallyportError } from '@sallyport/contract/errors';
import { parseNetworkName } from '@sallyport/core/network-name';
import { sessionIsUnderWay } from '@sallyport/core/session-state';
import type { AgentLink } from '../src/agent/agent-link.ts';
import type { Db } from '../src/db/open-database.ts';
import type { SessionRow } from '../src/db/tables.ts';
import { newId, REAL_WORLD } from '../src/ids.ts';
import { createImage } from '../src/images/images.ts';
import { type Caller, loadCaller } from '../src/people/account.ts';
import { createKeeper } from '../src/sessions/keeper.ts';
import { Sessions } from '../src/sessions/sessions.ts';
import { makeDatabase } from './databases.ts';
import { createFakeAgent, type FakeAgent, networkNamed } from './fake-agent.ts';

/** Who dies: the server's process for good, or the agent, which is away until it is started again. */
export type Victim = 'server' | 'agent';

/** One process of the server after the other, over one database and one host. */
export interface SessionLife {
  readonly agent: FakeAgent;
  readonly db: Db;
  readonly caller: Caller;
  readonly imageId: string;
  readonly sessions: () => Sessions;
  /** One look of the keeper, or as much of it as the server lives to see. */
  readonly look: () => Promise<void>;
  /** How many points were passed: before and after each call of the agent. */
  readonly points: () => number;
  /** Somebody dies at the point with this number, counted as {@link points} counts; resolves when they have. */
  readonly dieAt: (point: number, victim: Victim) => Promise<void>;
  /** The server ends in the middle of what it does, and another begins. */
  readonly restart: () => void;
  readonly rows: () => Promise<readonly SessionRow[]>;
  /** Everybody is there, and everything has come to rest. @throws Error where it does not */
  readonly settle: () => Promise<void>;
  /** Times at which a session was shown that had not been verified. */
  readonly wrongs: readonly string[];
  readonly clock: { now: number };
  readonly close: () => Promise<void>;
}

const REST_TURNS = 20_000;

/** @param image what is different about the image */
export async function beginLife(image: object = {}): Promise<SessionLife> {
  const place = await makeDatabase('sqlite');
  const database = await place.open();
  const { db } = database;
  const clock = { now: 1_790_000_000_000 };
  const world = { ...REAL_WORLD, now: () => clock.now };
  const agent = createFakeAgent();
  agent.networks.set('z_custom_a', networkNamed('z_custom_a'));
  const caller = await addUser(db, world);
  const made = await createImage(db, world, {
    wish: imageCreateSchema.parse({
      name: 'Desktop',
      dockerImage: 'desktop:1',
      restrictToNetwork: true,
      networks: [parseNetworkName('z_custom_a')],
      ...image,
    }),
    caller,
    networks: null,
  });
  const wrongs: string[] = [];
  let points = 0;
  let doom: { readonly point: number; readonly victim: Victim; died: () => void } | null = null;

  const begin = () => {
    const alive = { is: true };
    /** A dead process does nothing any more: what it waits for never comes. */
    const pass = async (what: string): Promise<void> => {
      await turn();
      points += 1;
      if (alive.is && doom?.point === points) {
        const { victim, died } = doom;
        doom = null;
        died();
        if (victim === 'server') restart();
        else {
          agent.reachable = false;
          throw new SallyportError('agent_unreachable', `The agent died at ${what}.`);
        }
      }
      if (!alive.is) await new Promise(() => undefined);
    };
    const link: AgentLink = {
      ...agent.link,
      as: (actor) => {
        const client = agent.link.as(actor) as (name: string, input: unknown) => Promise<unknown>;
        const passing = async (name: string, input: unknown): Promise<unknown> => {
          await pass(`before ${name}`);
          const answer = await client(name, input);
          await pass(`after ${name}`);
          return answer;
        };
        return passing as Client;
      },
    };
    const sessions = new Sessions({
      db: mortal(db, alive),
      world,
      agent: link,
      defaultNetwork: null,
      sleep: async (ms, signal) => {
        clock.now += ms;
        await turn();
        signal.throwIfAborted();
      },
      host: 'host',
      onChange: (id) => void watch(id),
      onHidden: () => undefined,
      onTrouble: () => undefined,
    });
    const death = Promise.withResolvers<void>();
    const keeper = createKeeper(sessions);
    return {
      sessions,
      look: () => Promise.race([keeper.look(), death.promise]),
      die: () => {
        alive.is = false;
        death.resolve();
      },
    };
  };
  const watch = async (id: string): Promise<void> => {
    const row = await db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
    if (row?.state !== 'running') return;
    const verified = JSON.parse(row.verified ?? '{}') as { readonly ok?: boolean };
    if (verified.ok !== true) wrongs.push(`${id} was shown and not verified`);
  };
  let now = begin();
  const restart = (): void => {
    now.die();
    now = begin();
  };
  const rows = (): Promise<SessionRow[]> => db.selectFrom('sessions').selectAll().execute();
  return {
    agent,
    db,
    caller,
    imageId: made.id,
    sessions: () => now.sessions,
    look: () => now.look(),
    points: () => points,
    dieAt: (point, victim) =>
      new Promise((died) => {
        doom = { point, victim, died };
      }),
    restart,
    rows,
    settle: async () => {
      for (let turns = 0; turns < REST_TURNS; turns += 1) {
        agent.reachable = true;
        await turn();
        const present = await rows();
        const busy = present.some(({ id }) => now.sessions.isBusy(id));
        if (busy) continue;
        if (!present.some(({ state }) => sessionIsUnderWay(state))) return;
        await now.look();
      }
      throw new Error(`no rest: ${JSON.stringify(await rows())}`);
    },
    wrongs,
    clock,
    close: async () => {
      now.die();
      await database.close();
      await place.remove();
    },
  };
}

/** The database as long as the process lives. */
function mortal(db: Db, alive: { readonly is: boolean }): Db {
  return new Proxy(db, {
    get: (target, key) => {
      if (!alive.is) throw new Error('this process is dead');
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}

async function addUser(db: Db, world: typeof REAL_WORLD): Promise<Caller> {
  const id = newId(world);
  const now = world.now();
  await db
    .insertInto('users')
    .values({
      id,
      name: 'anna',
      display_name: '',
      password_hash: '',
      administrator: 1,
      disabled: 0,
      totp_secret: null,
      totp_active: 0,
      totp_last_step: 0,
      version: 1,
      created_at: now,
      updated_at: now,
    })
    .execute();
  const caller = await loadCaller(db, id, { scopes: null, loginToken: null, source: '' });
  if (caller === null) throw new Error('the user is missing');
  return caller;
}
