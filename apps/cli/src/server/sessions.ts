import { SallyportError } from '@sallyport/contract/errors';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { sessionIsUnderWay } from '@sallyport/core/session-state';
import type { ArgumentSpec, Context } from '../command.ts';
import { badInput } from '../show-error.ts';
import { allOf } from './find.ts';
import type { ServerClient, ServerInput } from '@sallyport/contract/client';

/** The argument of commands about one session. */
export const SESSION: ArgumentSpec & { readonly count: 'one' } = {
  label: 'SESSION',
  summary: 'Id of the session, or its first or last characters',
  count: 'one',
  offer: 'session',
};

type Filter = Omit<NonNullable<ServerInput<'listSessions'>['query']>, 'cursor' | 'limit'>;

/** All sessions that fit, the newest first. */
export function listSessions(
  server: ServerClient,
  filter: Filter,
): Promise<readonly SessionView[]> {
  return allOf<SessionView, string>((query) =>
    server('listSessions', { query: { ...filter, ...query } }),
  );
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Fewer would soon mean another session than yesterday. */
const SHORTEST = 4;

/**
 * A session by its id, or by the beginning or end of it where only one of those that are seen has it.
 * @throws SallyportError `session_not_found`; `invalid_input` where several fit
 */
export async function findSession(server: ServerClient, wanted: string): Promise<SessionView> {
  const text = wanted.trim().toLowerCase();
  if (UUID.test(text)) return server('showSession', { params: { id: text } });
  if (!/^[0-9a-f-]+$/.test(text) || text.length < SHORTEST) {
    throw badInput('SESSION', wanted, {
      message: 'is no id of a session',
      remedy: `give the id that \`sallyport session list\` shows, or at least ${SHORTEST} characters of it`,
    });
  }
  const fits = ({ id }: SessionView): boolean => id.startsWith(text) || id.endsWith(text);
  const own = (await listSessions(server, {})).filter(fits);
  const found = own.length > 0 ? own : (await everybodys(server)).filter(fits);
  const [session] = found;
  if (session === undefined) {
    throw new SallyportError('session_not_found', `There is no session ${wanted}.`, {
      remedy: 'See: sallyport session list',
    });
  }
  if (found.length === 1) return session;
  throw badInput('SESSION', wanted, {
    message: `fits ${found.length} sessions: ${found.map(({ id }) => id).join(', ')}`,
    remedy: 'give more of it',
  });
}

/** None for those who may see their own only. */
async function everybodys(server: ServerClient): Promise<readonly SessionView[]> {
  try {
    return await listSessions(server, { all: 'true' });
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'forbidden') return [];
    throw error;
  }
}

const LOOK_MS = 500;

/**
 * Waits until a session is where it was going, and tells each phase on the way.
 * @returns how it stands then; null: it is deleted
 */
export async function settle(context: Context, begun: SessionView): Promise<SessionView | null> {
  const tell = phaseTeller(context);
  let session = begun;
  while (sessionIsUnderWay(session.state)) {
    tell(session);
    await context.sleep(LOOK_MS);
    try {
      session = await context.server('showSession', { params: { id: session.id } });
    } catch (error) {
      const isGone = error instanceof SallyportError && error.code === 'session_not_found';
      if (isGone && session.state === 'deleting') return null;
      throw error;
    }
  }
  return session.state === 'deleted' ? null : session;
}

/** A line for each phase: progress within one is shown once in ten per cent, or logs would be long. */
function phaseTeller({ json, print, now, style }: Context): (session: SessionView) => void {
  const began = now();
  let last = '';
  return ({ state, phase }) => {
    const sentence = phase === '' ? state : `${state}: ${phase}`;
    const coarse = sentence.replace(/\d(?:\.\d+)? ?%/, '%');
    if (json || coarse === last) return;
    last = coarse;
    const seconds = `${Math.round((now() - began) / 1000)} s`.padStart(5);
    print(`${style('dim', seconds)}  ${sentence}\n`);
  };
}
