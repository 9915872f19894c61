import { toProblem, SallyportError } from '@sallyport/contract/errors';
import { sessionIsUnderWay } from '@sallyport/core/session-state';
import type { SessionRow } from '../db/tables.ts';
import { awaitShown, ensureContainer, findContainer, GONE, runCommands } from './bring-up.ts';
import { fail, quarantine, transit, verificationPatch } from './outcomes.ts';
import { findSession, noteSession, TOMBSTONE_MS } from './store.ts';
import type { SessionWorld } from './world.ts';

/** Those may answer again by themselves: the session waits, and says for what. */
const PASSING: readonly string[] = ['agent_unreachable', 'docker_unreachable'];
const RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000];

/**
 * Leads a session on until it rests: the state is written first, then something is done, then its outcome
 * is written. Every step may have been taken before by a server that died, so each can be taken again.
 * Returns when it rests, or when the signal aborts.
 */
export async function leadOn(
  sessions: SessionWorld,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    const row = await findSession(sessions.db, id);
    if (row === undefined || !sessionIsUnderWay(row.state)) return;
    try {
      await step(sessions, row, signal);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      const obstacle = mayPass(error, row) ? error : await giveUp(sessions, row, error);
      if (obstacle === null) continue;
      const { detail } = toProblem(obstacle);
      const phase = `waiting, and trying again: ${detail}`;
      if (await noteSession(sessions.db, row, { phase })) sessions.onChange(id, 'updated');
      const pause = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0;
      failures += 1;
      await sessions.sleep(pause, signal).catch(() => undefined);
    }
  }
}

/** What ends a container is tried until it is done: half an end is what nobody sees. */
function mayPass(error: unknown, { state }: SessionRow): boolean {
  if (state === 'stopping' || state === 'deleting') return true;
  return error instanceof SallyportError && PASSING.includes(error.code);
}

/** @returns null when that is written; else what stood in the way of it */
async function giveUp(sessions: SessionWorld, row: SessionRow, error: unknown): Promise<unknown> {
  const { code, detail, remedy } = toProblem(error);
  if (code === 'internal') {
    sessions.onTrouble('a session failed by a bug', { session: row.id, error: String(error) });
  }
  const reason = `${detail} ${remedy}`.trim();
  try {
    if (row.state === 'pausing') {
      const patch = { reason: `It was not paused: ${reason}` };
      await transit(sessions, row, { event: 'ready', patch });
    } else if (row.state === 'resuming') {
      await refreeze(sessions, row, reason);
    } else {
      await fail(sessions, row, { reason });
    }
    return null;
  } catch (obstacle) {
    return obstacle;
  }
}

/** It may run, and was not verified: it is frozen again before anybody sees it. */
async function refreeze(sessions: SessionWorld, row: SessionRow, reason: string): Promise<void> {
  await sessions.agent.as(row.owner_name)('pauseSession', { params: { id: row.id } });
  await transit(sessions, row, { event: 'froze', patch: { reason } });
}

async function step(sessions: SessionWorld, row: SessionRow, signal: AbortSignal): Promise<void> {
  const client = sessions.agent.as(row.owner_name);
  const params = { id: row.id };
  switch (row.state) {
    case 'requested':
      await transit(sessions, row, { event: 'start' });
      return;
    case 'starting':
    case 'resuming':
      await bringUp(sessions, row, signal);
      return;
    case 'pausing':
      if (await isThere(() => client('pauseSession', { params }))) {
        await afterwards(sessions, row, 'froze');
      } else await fail(sessions, row, { event: 'lost', reason: GONE });
      return;
    case 'stopping':
      if (await isThere(() => client('stopSession', { params }))) {
        await transit(sessions, row, { event: 'ended' });
      } else await fail(sessions, row, { event: 'lost', reason: GONE });
      return;
    case 'deleting':
      await isThere(() => client('deleteSession', { params, query: { profile: row.profile } }));
      await transit(sessions, row, {
        event: 'removed',
        patch: { container_id: null, expires_at: sessions.world.now() + TOMBSTONE_MS },
      });
      return;
    default:
  }
}

/** Frozen, unless it ended just before. */
async function afterwards(sessions: SessionWorld, row: SessionRow, event: 'froze'): Promise<void> {
  const found = await findContainer(sessions, row);
  if (found?.state === 'paused') await transit(sessions, row, { event });
  else if (found === null) await fail(sessions, row, { event: 'lost', reason: GONE });
  else if (found.state === 'running') await transit(sessions, row, { event: 'ready' });
  else
    await fail(sessions, row, { event: 'ended', reason: `It ended by itself: ${found.reason}.` });
}

async function bringUp(
  sessions: SessionWorld,
  row: SessionRow,
  signal: AbortSignal,
): Promise<void> {
  if (row.state === 'resuming') {
    const there = await isThere(() =>
      sessions.agent.as(row.owner_name)('resumeSession', { params: { id: row.id } }),
    );
    if (!there) return fail(sessions, row, { event: 'lost', reason: GONE });
  }
  const container =
    row.state === 'starting'
      ? await ensureContainer(sessions, row, signal)
      : await findContainer(sessions, row);
  if (container !== null && container.containerId !== row.container_id) {
    await noteSession(sessions.db, row, { container_id: container.containerId });
  }
  signal.throwIfAborted();
  const end = await awaitShown(sessions, row, signal);
  signal.throwIfAborted();
  if ('reason' in end) return fail(sessions, row, end);
  const { event, verification } = end;
  if (event === 'unverified') return quarantine(sessions, row, verification);
  const patch = verificationPatch(verification);
  if (event === 'failed') {
    const reason = `By which address it leaves could not be verified: ${verification.reason}`;
    if (row.state === 'resuming') return refreeze(sessions, row, reason);
    return fail(sessions, row, { reason, patch });
  }
  // Not before its address is verified: commands may speak with the world.
  if (row.state === 'starting') await runCommands(sessions, row, signal);
  const now = sessions.world.now();
  await transit(sessions, row, {
    event,
    patch: {
      ...patch,
      reason: '',
      started_at: row.state === 'starting' ? now : row.started_at,
      last_keepalive_at: now,
    },
  });
}

/** @returns whether there is a container; it may have been removed by a step that was taken before */
async function isThere(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'session_not_found') return false;
    throw error;
  }
}
