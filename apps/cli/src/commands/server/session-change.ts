import { SERVER_ENDPOINTS } from '@sallyport/contract/server/endpoints';
import { parseInput } from '@sallyport/contract/parse';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { type Context, defineCommand, type OptionSpec, type Result } from '../../command.ts';
import { printable } from '../../printable.ts';
import { findSession, SESSION, settle } from '../../server/sessions.ts';
import { renderStanding } from '../../views/session.ts';

const WAIT = {
  wait: { summary: 'Wait until it is done' },
} as const satisfies Record<string, OptionSpec>;

export const sessionStop = defineCommand({
  description:
    'Ends the processes of a session. Its container stays, and `session resume` starts it.',
  argument: SESSION,
  options: WAIT,
  examples: ['sallyport session stop 4f1e9c2a --wait'],
  run: (context, { argument, options }) =>
    change(context, { argument, wait: options.wait, wanted: 'stopped' }, (id) =>
      context.server('stopSession', { params: { id } }),
    ),
});

export const sessionPause = defineCommand({
  description:
    'Freezes the processes of a session; its memory is kept. `session resume` thaws them.',
  argument: SESSION,
  options: WAIT,
  examples: ['sallyport session pause 4f1e9c2a'],
  run: (context, { argument, options }) =>
    change(context, { argument, wait: options.wait, wanted: 'paused' }, (id) =>
      context.server('pauseSession', { params: { id } }),
    ),
});

export const sessionDelete = defineCommand({
  description:
    'Deletes a session with its container. A persistent profile stays, unless it is named too.',
  argument: SESSION,
  options: {
    ...WAIT,
    profile: {
      value: 'WHAT',
      summary: 'keep (default) or delete the persistent profile',
      offer: ['keep', 'delete'],
    },
  },
  examples: ['sallyport session delete 4f1e9c2a', 'sallyport session rm 4f1e9c2a --profile delete'],
  fields: { profile: '--profile' },
  run: async (context, { argument, options }) => {
    const query = parseInput(SERVER_ENDPOINTS.deleteSession.query, {
      ...(options.profile !== undefined && { profile: options.profile }),
    });
    return change(context, { argument, wait: options.wait, wanted: 'deleted' }, (id) =>
      context.server('deleteSession', { params: { id }, query }),
    );
  },
});

interface Wish {
  readonly argument: string;
  readonly wait: boolean;
  /** The state that it should come to. */
  readonly wanted: 'stopped' | 'paused' | 'deleted';
}

async function change(
  context: Context,
  { argument, wait, wanted }: Wish,
  ask: (id: string) => Promise<SessionView>,
): Promise<Result> {
  const { id } = await findSession(context.server, argument);
  const begun = await ask(id);
  const session = wait ? await settle(context, begun) : begun;
  if (session === null || session.state === 'deleted') {
    return {
      json: { ...begun, state: 'deleted' },
      text: () => `Deleted ${begun.imageName} (${id}).\n`,
      exit: wanted === 'deleted' ? 0 : 1,
    };
  }
  return {
    json: session,
    text: () => renderStanding(context.style, session),
    exit: wait && session.state !== wanted ? 1 : 0,
  };
}

export const sessionVerify = defineCommand({
  description:
    'Asks now, from inside the session, by which address it leaves. Ends with 1 where that is not the\n' +
    "network's: such a session is quarantined, and shown to nobody.",
  argument: SESSION,
  options: {},
  examples: ['sallyport session verify 4f1e9c2a'],
  run: async ({ server, during, style }, { argument }) => {
    const { id } = await findSession(server, argument);
    const session = await during('Asking', server('verifySession', { params: { id } }));
    const { verified, egress, reason } = session;
    const ok = verified?.ok === true;
    const seen = verified?.address ?? 'nobody answered';
    return {
      json: session,
      text: () => {
        const word = ok ? style('green', 'ok') : style('red', 'FAILED');
        const why = reason === '' ? '' : `\n  ${reason}`;
        return `${word}: seen as ${seen}, should be ${egress.join(' or ')}.${why}\n`;
      },
      exit: ok ? 0 : 1,
    };
  },
});

export const sessionLogs = defineCommand({
  description: 'Prints what the container of a session has written, the newest last.',
  argument: SESSION,
  options: { lines: { value: 'N', summary: 'At most so many lines, the newest (default 500)' } },
  examples: ['sallyport session logs 4f1e9c2a --lines 50'],
  fields: { lines: '--lines' },
  run: async ({ serverExactly }, { argument, options }) => {
    const query = parseInput(SERVER_ENDPOINTS.sessionLogs.query, {
      ...(options.lines !== undefined && { lines: options.lines }),
    });
    const { id } = await findSession(serverExactly, argument);
    const { text } = await serverExactly('sessionLogs', { params: { id }, query });
    return {
      json: { id, text },
      // Line by line: what a program in the session writes must not command this terminal.
      text: () => {
        const lines = text.replace(/\n$/, '').split('\n');
        return text === ''
          ? 'Nothing was written.\n'
          : lines.map((line) => `${printable(line)}\n`).join('');
      },
    };
  },
});
