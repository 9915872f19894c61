import type { SessionVerification } from '@sallyport/contract/sessions';
import { type GroupSettings, DEFAULT_SETTINGS } from '@sallyport/core/group-settings';
import { nextSessionState, sessionIsShown } from '@sallyport/core/session-state';
import type { Db } from '../db/open-database.ts';
import type { SessionPatch, SessionRow } from '../db/tables.ts';
import { loadCaller } from '../people/account.ts';
import { expiryOf } from './expiry.ts';
import { changeSession, PLATFORM, type Transition } from './store.ts';
import type { SessionWorld } from './world.ts';

/** What holds for an owner; the defaults for one who is not here any more. */
export async function settingsOf(db: Db, ownerId: string | null): Promise<GroupSettings> {
  if (ownerId === null) return DEFAULT_SETTINGS;
  const credentials = { scopes: null, loginToken: null, source: '' };
  return (await loadCaller(db, ownerId, credentials))?.settings ?? DEFAULT_SETTINGS;
}

/**
 * Writes a transition with all that follows from it: the end by itself, the cut of live displays, the
 * word to who listens. Displays are cut before it is written: nobody looks on while it is.
 * @returns the row as it is now; undefined where somebody else was first
 */
export async function transit(
  sessions: SessionWorld,
  row: SessionRow,
  { patch = {}, ...transition }: Transition,
): Promise<SessionRow | undefined> {
  const { db, world, onChange, onHidden } = sessions;
  const next = nextSessionState(row.state, transition.event);
  if (sessionIsShown(row.state) && next !== undefined && !sessionIsShown(next)) onHidden(row.id);
  const expiry = await expiryPatch(sessions, {
    state: next ?? row.state,
    owner_id: row.owner_id,
    last_keepalive_at: patch.last_keepalive_at ?? row.last_keepalive_at,
    limit_at: patch.limit_at === undefined ? row.limit_at : patch.limit_at,
    created_at: row.created_at,
  });
  const changed = await changeSession(db, world.now(), {
    row,
    ...transition,
    patch: { ...expiry, ...patch },
  });
  if (changed === undefined) return undefined;
  // Once more: between the cut and the writing somebody may have come in.
  if (sessionIsShown(row.state) && !sessionIsShown(changed.state)) onHidden(row.id);
  onChange(row.id, changed.state === 'deleted' ? 'deleted' : 'updated');
  return changed;
}

async function expiryPatch(
  sessions: SessionWorld,
  row: Pick<SessionRow, 'state' | 'owner_id' | 'last_keepalive_at' | 'limit_at' | 'created_at'>,
): Promise<Pick<SessionPatch, 'expires_at' | 'expiry_action'>> {
  const { at, action } = expiryOf({
    state: row.state,
    lastKeepaliveAt: row.last_keepalive_at ?? row.created_at,
    limitAt: row.limit_at,
    settings: await settingsOf(sessions.db, row.owner_id),
  });
  return { expires_at: at, expiry_action: action };
}

/** Somebody looks at it: the end moves away. */
export async function keepAlive(sessions: SessionWorld, row: SessionRow): Promise<void> {
  const last_keepalive_at = sessions.world.now();
  const expiry = await expiryPatch(sessions, { ...row, last_keepalive_at });
  await sessions.db
    .updateTable('sessions')
    .set({ last_keepalive_at, ...expiry })
    .where('id', '=', row.id)
    .where('state', '=', row.state)
    .execute();
}

/** What a verification leaves in the row. */
export function verificationPatch({
  observed,
  at,
  ok,
  expected,
}: SessionVerification): SessionPatch {
  return {
    verified: JSON.stringify({ address: observed, at, ok }),
    verified_at: at,
    egress: JSON.stringify(expected),
  };
}

/**
 * It was seen to leave by another address. It is shown to nobody from here on, and frozen, so that
 * nothing more leaves by that address.
 */
export async function quarantine(
  sessions: SessionWorld,
  row: SessionRow,
  verification: SessionVerification,
): Promise<void> {
  const { observed, expected } = verification;
  const reason = `It was seen to leave by ${observed} instead of ${expected.join(' or ')}. It is frozen: see \`sallyport network show ${row.network}\`, then stop or delete it.`;
  const changed = await transit(sessions, row, {
    event: 'unverified',
    patch: { ...verificationPatch(verification), reason },
    actor: PLATFORM,
  });
  if (changed !== undefined) await freeze(sessions, changed);
}

/** As far as it can be done now; what could not be is done again at the next look at the host. */
export async function freeze(sessions: SessionWorld, row: SessionRow): Promise<void> {
  await bestEffort(sessions, row, () =>
    sessions.agent.as(PLATFORM.name)('pauseSession', { params: { id: row.id } }),
  );
}

/** What has failed must hold no memory and do nothing unseen. */
export async function halt(sessions: SessionWorld, row: SessionRow): Promise<void> {
  await bestEffort(sessions, row, () =>
    sessions.agent.as(PLATFORM.name)('stopSession', { params: { id: row.id } }),
  );
}

async function bestEffort(
  { onTrouble }: SessionWorld,
  row: SessionRow,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    onTrouble('a container could not be ended', { session: row.id, error: String(error) });
  }
}

/** It failed: the state first, then the end of its container. */
export async function fail(
  sessions: SessionWorld,
  row: SessionRow,
  { reason, ...more }: { readonly reason: string } & Partial<Transition>,
): Promise<void> {
  const { event = 'failed', patch = {} } = more;
  const transition: Transition = { event, patch: { ...patch, reason }, actor: PLATFORM };
  const changed = await transit(sessions, row, transition);
  if (changed !== undefined && event === 'failed') await halt(sessions, changed);
}
