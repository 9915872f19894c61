import type { Session } from '@sallyport/contract/sessions';
import { sessionIsUnderWay } from '@sallyport/core/session-state';
import type { SessionRow } from '../db/tables.ts';
import { adopt } from './adopt.ts';
import { findContainer, GONE } from './bring-up.ts';
import { fail, freeze, halt, transit } from './outcomes.ts';
import type { Sessions } from './sessions.ts';
import { PLATFORM } from './store.ts';

/** How a container is, as far as a session cares. */
type Container = Session['state'] | 'none';

type Resting = Pick<SessionRow, 'state' | 'owner_id'>;

/** Pure: whether a session that rests is what its container is. */
export function agrees({ state, owner_id }: Resting, container: Container): boolean {
  switch (state) {
    case 'running':
      return container === 'running';
    case 'paused':
      return container === 'paused';
    case 'stopped':
      return container === 'exited' || container === 'created' || container === 'dead';
    case 'failed':
      return container !== 'running' && container !== 'paused';
    case 'quarantined':
      // Whose owner is not known was found on the host, and is left as it is.
      return container === 'paused' || (owner_id === null && container === 'running');
    case 'deleted':
      return container === 'none';
    default:
      return true;
  }
}

/**
 * Compares the sessions with the containers of the host, and mends what differs: a session whose container
 * is gone has failed; a container that nobody knows becomes a session again; what should not run is ended.
 * @throws SallyportError `agent_unreachable`
 */
export async function reconcile(sessions: Sessions): Promise<void> {
  const { db, agent } = sessions.world;
  const containers = new Map(
    (await agent.as(PLATFORM.name)('listSessions', {})).map((one) => [one.id, one]),
  );
  const rows = await db
    .selectFrom('sessions')
    .select(['id', 'state', 'owner_id'])
    .where('state', '!=', 'deleted')
    .execute();
  const live = new Set(rows.map(({ id }) => id));
  await Promise.all([
    ...rows.map(async (row) => {
      if (sessionIsUnderWay(row.state)) {
        if (!sessions.isBusy(row.id)) sessions.lead(row.id);
      } else if (!agrees(row, containers.get(row.id)?.state ?? 'none')) {
        await settle(sessions, row.id);
      }
    }),
    ...[...containers.values()]
      .filter(({ id }) => !live.has(id))
      .map(async (container) => {
        if (!(await adopt(sessions, container))) await settle(sessions, container.id);
      }),
  ]);
}

/** The list may be older than what was done since: both sides are looked at again, in the lane. */
async function settle(sessions: Sessions, id: string): Promise<void> {
  await sessions.inLane(id, async (row) => {
    const found = await findContainer(sessions.world, row);
    if (agrees(row, found?.state ?? 'none')) return;
    await mend(sessions, row, found);
  });
  sessions.lead(id);
}

async function mend(sessions: Sessions, row: SessionRow, found: Session | null): Promise<void> {
  const { world } = sessions;
  if (row.state === 'deleted') {
    // It was made by a call that was under way when it was deleted.
    await world.agent.as(PLATFORM.name)('deleteSession', {
      params: { id: row.id },
      query: { profile: row.profile },
    });
    return;
  }
  if (found === null) {
    await fail(world, row, { event: 'lost', reason: GONE });
    return;
  }
  switch (row.state) {
    case 'running':
      if (found.state === 'paused') await transit(world, row, { event: 'froze' });
      else await ended(sessions, row, found);
      return;
    case 'paused':
      // Somebody let it go on by hand: it is shown when its address has been verified again.
      if (found.state === 'running')
        await transit(world, row, { event: 'resume', actor: PLATFORM });
      else await ended(sessions, row, found);
      return;
    case 'quarantined':
      if (found.state === 'running') await freeze(world, row);
      else await transit(world, row, { event: 'ended' });
      return;
    default:
      // Started by hand, or what was to be ended when the agent did not answer.
      await halt(world, row);
  }
}

async function ended(sessions: Sessions, row: SessionRow, found: Session): Promise<void> {
  const reason = `It ended by itself: ${found.reason}.`;
  await fail(sessions.world, row, { event: 'ended', reason });
}
