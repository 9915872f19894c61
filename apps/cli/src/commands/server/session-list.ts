import { parseInput } from '@sallyport/contract/parse';
import { sessionQuerySchema } from '@sallyport/contract/server/sessions';
import { SESSION_STATES } from '@sallyport/core/session-state';
import { defineCommand } from '../../command.ts';
import { findImage, findUser } from '../../server/find.ts';
import { findSession, listSessions, SESSION } from '../../server/sessions.ts';
import { renderSession, renderSessions } from '../../views/session.ts';

export const sessionList = defineCommand({
  description: 'Lists your sessions, the newest first; with --all those of everybody.',
  options: {
    all: { summary: 'Those of everybody; needs the permission sessions.read' },
    state: { value: 'STATE', summary: 'Only those in this state', offer: SESSION_STATES },
    network: { value: 'NAME', summary: 'Only those on this network', offer: 'network' },
    image: { value: 'IMAGE', summary: 'Only those of this image', offer: 'image' },
    owner: { value: 'USER', summary: 'Only those of this user; implies --all', offer: 'user' },
  },
  examples: [
    'sallyport session list',
    'sallyport session list --all --state quarantined',
    "sallyport session list --all --json | jq -r '.[] | select(.verified.ok | not) | .id'",
  ],
  fields: { state: '--state', network: '--network' },
  run: async ({ server, style }, { options }) => {
    const { state, network, image, owner } = options;
    const everybodys = options.all || owner !== undefined;
    const {
      cursor: _cursor,
      limit: _limit,
      ...filter
    } = parseInput(sessionQuerySchema, {
      all: everybodys ? 'true' : 'false',
      ...(state !== undefined && { state }),
      ...(network !== undefined && { network }),
      ...(image !== undefined && { image: (await findImage(server, image)).id }),
      ...(owner !== undefined && { owner: (await findUser(server, owner)).id }),
    });
    const sessions = await listSessions(server, filter);
    return {
      json: sessions,
      text: () =>
        sessions.length === 0
          ? 'There are no such sessions. Start one: sallyport session start IMAGE\n'
          : `${renderSessions(style, sessions, everybodys)}\n`,
    };
  },
});

export const sessionShow = defineCommand({
  description: 'Shows a session: how it stands and why, and by which address it was seen to leave.',
  argument: SESSION,
  options: {},
  examples: ['sallyport session show 4f1e9c2a'],
  run: async ({ server, style }, { argument }) => {
    const session = await findSession(server, argument);
    return { json: session, text: () => renderSession(style, session) };
  },
});
