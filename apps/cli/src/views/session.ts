import type { SessionView } from '@sallyport/contract/server/sessions';
import { type Style, stateWord } from '../style.ts';
import { renderPairs, renderTable } from '../table.ts';
import { timeText } from './people.ts';

/** By which address it leaves: as it was seen, else as it should be. */
function leavesText({ verified, egress }: SessionView): string {
  if (verified?.ok === true) return `${verified.address ?? '-'} (seen)`;
  if (verified !== null)
    return verified.address === null ? 'no answer' : `${verified.address} (WRONG)`;
  return egress.length === 0 ? '-' : `${egress.join(', ')} (not seen yet)`;
}

/** What is to be said of it besides its state. */
function remarkOf({ phase, reason, networkState, networkReason, network }: SessionView): string {
  if (reason !== '') return reason;
  if (phase !== '') return phase;
  return networkState === 'Ready' ? '' : `${network} is ${networkState}: ${networkReason}`;
}

/** @param everybodys whether owners differ */
export function renderSessions(
  style: Style,
  sessions: readonly SessionView[],
  everybodys: boolean,
): string {
  const rows = sessions.map((session) => [
    session.id,
    session.imageName,
    ...(everybodys ? [session.owner?.name ?? '(unknown)'] : []),
    stateWord(style, session.state),
    session.network,
    leavesText(session),
    timeText(session.createdAt),
    remarkOf(session),
  ]);
  const owner = everybodys ? ['OWNER'] : [];
  const head = ['SESSION', 'IMAGE', ...owner, 'STATE', 'NETWORK', 'LEAVES AS', 'MADE', 'REMARK'];
  return renderTable(head, rows);
}

/** One line about where it stands now. */
export function renderStanding(style: Style, session: SessionView): string {
  const { id, imageName, state, network } = session;
  const remark = remarkOf(session);
  const where = state === 'running' ? ` on ${network}, leaves as ${leavesText(session)}` : '';
  const why = remark === '' ? '' : `\n  ${remark}`;
  const verb = state === 'failed' ? 'has' : 'is';
  return `${imageName} (${id}) ${verb} ${stateWord(style, state)}${where}.${why}\n`;
}

/** All of one session. */
export function renderSession(style: Style, session: SessionView): string {
  const { verified, expiresAt, expiryAction } = session;
  const look = verified === null ? 'not yet' : `${timeText(verified.at)}, ${lookText(verified)}`;
  const time = (at: number | null): string => (at === null ? '' : timeText(at));
  const facts = renderPairs(
    [
      ['State', `${stateWord(style, session.state)}${session.phase && `, ${session.phase}`}`],
      ['Reason', session.reason],
      ['Owner', session.owner?.name ?? 'not known'],
      ['Network', `${session.network}, ${stateWord(style, session.networkState)}`],
      ['', session.networkState === 'Ready' ? '' : session.networkReason],
      ['Should leave as', session.egress.join(', ')],
      ['Looked at', look],
      ['May', session.actions.join(', ')],
      ['Made', timeText(session.createdAt)],
      ['Started', time(session.startedAt)],
      ['Last input', time(session.lastInputAt)],
      ['Ends', expiresAt === null ? '' : `${timeText(expiresAt)}: ${expiryAction}`],
      ['Container', (session.containerId ?? '').slice(0, 12)],
      ['Host', session.host],
      ['Id', session.id],
    ],
    '  ',
  );
  return `${style('bold', session.imageName)}\n${facts}\n`;
}

function lookText({ ok, address }: NonNullable<SessionView['verified']>): string {
  if (address === null) return 'nobody answered';
  return ok ? `seen as ${address}` : `SEEN AS ${address}, which is wrong`;
}
