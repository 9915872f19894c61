import { SallyportError } from '@sallyport/contract/errors';
import type { Session, SessionVerification } from '@sallyport/contract/sessions';
import type { SessionRow } from '../db/tables.ts';
import { noteSession } from './store.ts';
import { readWish } from './wish.ts';
import type { SessionWorld } from './world.ts';

/** How bringing a session up has ended. */
export type BroughtUp =
  | {
      readonly event: 'ready' | 'unverified' | 'failed';
      readonly verification: SessionVerification;
    }
  | { readonly event: 'ended' | 'lost'; readonly reason: string };

const DISPLAY_DEADLINE_MS = 90_000;
const DISPLAY_POLL_MS = 100;
const VERIFY_ATTEMPTS = 3;
const VERIFY_PAUSE_MS = 2_000;
/** Progress comes many times a second; people read once. */
const PHASE_INTERVAL_MS = 1_000;

type Phase = (text: string) => Promise<void>;

/**
 * Its container runs afterwards, whatever was there before: none, one that was made and not started, one
 * that had ended, one that is frozen. Each step can be taken again.
 */
export async function ensureContainer(
  sessions: SessionWorld,
  row: SessionRow,
  signal: AbortSignal,
): Promise<Session> {
  const { agent } = sessions;
  const client = agent.as(row.owner_name);
  const params = { id: row.id };
  const phase = phaseOf(sessions, row);
  const found = await findContainer(sessions, row);
  signal.throwIfAborted();
  switch (found?.state) {
    case 'running':
      return found;
    case 'paused':
      return client('resumeSession', { params });
    case 'created':
    case 'exited':
      await phase('starting the container');
      return client('startSession', { params });
    case 'dead':
      // Docker could not remove it, and never starts it again.
      await client('deleteSession', { params, query: { profile: 'keep' } });
      break;
    case undefined:
  }
  if (row.wish === null) {
    throw new SallyportError(
      'session_state',
      'Its container is gone, and it was found without its image.',
      {
        remedy: 'Delete it and start a new one.',
      },
    );
  }
  const body = readWish(row.wish);
  await phase('making the container');
  try {
    return await client('createSession', { body });
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code !== 'image_not_found') throw error;
  }
  await pull(sessions, row, { image: body.image, signal });
  await phase('making the container');
  return client('createSession', { body });
}

/**
 * Its commands, before anybody sees it. Called again after a crash: that of every start is then run twice.
 * @throws SallyportError `session_launch_failed`
 */
export async function runCommands(
  sessions: SessionWorld,
  row: SessionRow,
  signal: AbortSignal,
): Promise<void> {
  // Of a session that was found without its wish, the agent knows.
  if (row.wish !== null && readWish(row.wish).launch === undefined) return;
  await phaseOf(sessions, row)('running its commands');
  const run = sessions.agent.as(row.owner_name)('launchSession', { params: { id: row.id } });
  // Who ends the session does not wait for its commands.
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    await Promise.race([run, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    run.catch(() => undefined);
  }
}

/** null: it has none. */
export async function findContainer(
  { agent }: SessionWorld,
  row: SessionRow,
): Promise<Session | null> {
  try {
    return await agent.as(row.owner_name)('showSession', { params: { id: row.id } });
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'session_not_found') return null;
    throw error;
  }
}

async function pull(
  sessions: SessionWorld,
  row: SessionRow,
  { image, signal }: { readonly image: string; readonly signal: AbortSignal },
): Promise<void> {
  const phase = phaseOf(sessions, row);
  let told = -Infinity;
  const onProgress = (percent: number | null): void => {
    const now = sessions.world.now();
    if (now - told < PHASE_INTERVAL_MS) return;
    told = now;
    const figure = percent === null ? '' : ` ${Math.floor(percent)} %`;
    phase(`pulling the image${figure}`).catch(() => undefined);
  };
  await phase('pulling the image');
  await sessions.agent.pull(image, { onProgress, signal });
}

/** Waits for the display, and asks by which address the session leaves; both at once, for both take time. */
export async function awaitShown(
  sessions: SessionWorld,
  row: SessionRow,
  signal: AbortSignal,
): Promise<BroughtUp> {
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const verifying = verify(sessions, row, either);
  // Where the display fails first, nobody waits for this any more.
  verifying.catch(() => undefined);
  const phase = phaseOf(sessions, row);
  try {
    await phase('waiting for the display');
    const end = await awaitDisplay(sessions, row, signal);
    if (end !== null) return end;
    await phase('checking the address');
    const verification = await verifying;
    const wrong = verification.observed !== null && !verification.ok;
    return { event: verification.ok ? 'ready' : wrong ? 'unverified' : 'failed', verification };
  } finally {
    ended.abort();
  }
}

/** @returns null when it is there */
async function awaitDisplay(
  sessions: SessionWorld,
  row: SessionRow,
  signal: AbortSignal,
): Promise<BroughtUp | null> {
  const deadline = sessions.world.now() + DISPLAY_DEADLINE_MS;
  for (;;) {
    const found = await findContainer(sessions, row);
    if (found === null) return { event: 'lost', reason: GONE };
    if (found.state !== 'running') {
      return { event: 'ended', reason: `The session ended by itself: ${found.reason}.` };
    }
    if (found.display === null || found.display.ready) return null;
    if (sessions.world.now() >= deadline) {
      throw new SallyportError('display_unreachable', 'The display did not answer in time.', {
        remedy: 'See the logs of the session; the image must run a VNC server on port 5901.',
      });
    }
    await sessions.sleep(DISPLAY_POLL_MS, signal);
  }
}

/** An answer that does not come is asked for again; an address that is wrong is wrong at once. */
async function verify(
  { agent, sleep }: SessionWorld,
  row: SessionRow,
  signal: AbortSignal,
): Promise<SessionVerification> {
  for (let attempt = 1; ; attempt += 1) {
    const verification = await agent.as(row.owner_name)('verifySession', {
      params: { id: row.id },
    });
    if (verification.observed !== null || attempt === VERIFY_ATTEMPTS) return verification;
    await sleep(VERIFY_PAUSE_MS, signal);
  }
}

function phaseOf({ db, onChange }: SessionWorld, row: SessionRow): Phase {
  return async (phase) => {
    if (await noteSession(db, row, { phase })) onChange(row.id, 'updated');
  };
}

export const GONE = 'Its container is gone: somebody has removed it on the host.';
