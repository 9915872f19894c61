import type { SessionRow } from '../db/tables.ts';
import { transit } from './outcomes.ts';
import { reconcile } from './reconcile.ts';
import type { Sessions } from './sessions.ts';
import { noteSession, PLATFORM } from './store.ts';

const LOOK_MS = 5_000;
/** A running session is asked by which address it leaves at least so often. */
export const VERIFY_EVERY_MS = 5 * 60_000;
/** Where nobody could be asked, it is tried again after this. */
export const VERIFY_AGAIN_MS = 30_000;
/** So many at a time: verifying starts a process on the host. */
const VERIFY_AT_ONCE = 4;
const EXPIRE_AT_ONCE = 100;

/** What happens to sessions with time. `look` is one look; the loop takes one every five seconds. */
export interface Keeper {
  readonly look: () => Promise<void>;
  /** Compares the sessions with the host now. */
  readonly compare: () => Promise<void>;
  /** Takes looks until the signal aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

export function createKeeper(
  sessions: Sessions,
  /** Beside the sessions themselves: what lives as long as somebody looks on. */
  also: () => Promise<void> = async () => undefined,
): Keeper {
  const { onTrouble, sleep } = sessions.world;
  const last = new Map<string, string>();
  // The same trouble is told once, not at every look.
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      last.delete(what);
    } catch (error) {
      const message = String(error);
      if (last.get(what) !== message) onTrouble(what, { error: message });
      last.set(what, message);
    }
  };
  const compare = (): Promise<void> =>
    attempt('sessions could not be compared with the host', () => reconcile(sessions));
  const look = async (): Promise<void> => {
    await attempt('sessions could not be ended in time', () => expire(sessions));
    await attempt('sessions of former users could not be deleted', () => forsake(sessions));
    await compare();
    await attempt('sessions could not be verified', () => verifyAgain(sessions));
    await attempt('displays could not be looked after', also);
    await attempt('old sessions could not be forgotten', () => forget(sessions));
  };
  return {
    look,
    compare,
    run: async (signal) => {
      while (!signal.aborted) {
        await look();
        await sleep(LOOK_MS, signal).catch(() => undefined);
      }
    },
  };
}

async function expire(sessions: Sessions): Promise<void> {
  const { db, world } = sessions.world;
  const now = world.now();
  const due = await db
    .selectFrom('sessions')
    .selectAll()
    .where('expires_at', '<=', now)
    .where('state', 'in', ['running', 'paused'])
    .orderBy('expires_at')
    .limit(EXPIRE_AT_ONCE)
    .execute();
  await Promise.all(due.map((row) => end(sessions, row, now)));
}

async function end(sessions: Sessions, { id }: SessionRow, now: number): Promise<void> {
  await sessions.inLane(id, async (row) => {
    // Somebody has looked at it meanwhile.
    if (row.expires_at === null || row.expires_at > now) return;
    if (row.state !== 'running' && row.state !== 'paused') return;
    const reason = `It was ended by time: ${row.limit_at === row.expires_at ? 'its time limit was reached' : 'nobody had looked at it for long enough'}.`;
    await transit(sessions.world, row, {
      event: row.expiry_action,
      patch: { reason },
      actor: PLATFORM,
    });
  });
  sessions.lead(id);
}

/** Whoever is deleted leaves no desktop behind. */
async function forsake(sessions: Sessions): Promise<void> {
  const { db } = sessions.world;
  const rows = await db
    .selectFrom('sessions')
    .select('id')
    .where('owner_id', 'is not', null)
    .where('state', 'not in', ['deleting', 'deleted'])
    .where('owner_id', 'not in', db.selectFrom('users').select('users.id'))
    .execute();
  await Promise.all(
    rows.map(({ id }) => sessions.perform({ id, action: 'delete', actor: PLATFORM })),
  );
}

async function verifyAgain(sessions: Sessions): Promise<void> {
  const { db, world } = sessions.world;
  const due = await db
    .selectFrom('sessions')
    .selectAll()
    .where('state', '=', 'running')
    .where('verified_at', '<=', world.now() - VERIFY_EVERY_MS)
    .orderBy('verified_at')
    .limit(VERIFY_AT_ONCE)
    .execute();
  await Promise.all(
    due.map(async (row) => {
      try {
        await sessions.verify(row.id);
      } catch (error) {
        // Soon again, and not at once: whoever could not answer is not asked harder.
        const verified_at = world.now() - VERIFY_EVERY_MS + VERIFY_AGAIN_MS;
        await noteSession(db, row, { verified_at });
        throw error;
      }
    }),
  );
}

async function forget(sessions: Sessions): Promise<void> {
  const { db, world } = sessions.world;
  await db
    .deleteFrom('sessions')
    .where('state', '=', 'deleted')
    .where('expires_at', '<=', world.now())
    .execute();
}
