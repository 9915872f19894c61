import { SallyportError } from '@sallyport/contract/errors';
import { parseInput } from '@sallyport/contract/parse';
import { shareCreateSchema } from '@sallyport/contract/server/displays';
import { defineCommand } from '../../command.ts';
import { findSession, SESSION } from '../../server/sessions.ts';
import { renderTable } from '../../table.ts';
import { timeText } from '../../views/people.ts';

export const sessionShare = defineCommand({
  description:
    'Makes a link by which others see the desktop of a session, without an account, and prints it\n' +
    'once. They look on; with --mode control they may use it as you do. `session unshare` ends it.',
  argument: SESSION,
  options: {
    mode: {
      value: 'MODE',
      summary: 'view: looking on alone (default); control: as the owner',
      offer: ['view', 'control'],
    },
    minutes: { value: 'N', summary: 'How long it works, from 1 to 1440 (default 60)' },
  },
  examples: ['sallyport session share 4f1e9c2a', 'sallyport session share 4f1e9c2a --minutes 10'],
  fields: { mode: '--mode', minutes: '--minutes' },
  run: async ({ server, logins }, { argument, options }) => {
    const { mode, minutes } = options;
    const body = parseInput(shareCreateSchema, {
      ...(mode !== undefined && { mode }),
      ...(minutes !== undefined && {
        minutes: /^\d+$/.test(minutes) ? Number(minutes) : minutes,
      }),
    });
    const { id } = await findSession(server, argument);
    const made = await server('createShare', { params: { id }, body });
    const { origin } = await logins.site();
    const link = `${origin}${made.url}`;
    const may = made.mode === 'view' ? 'look on' : 'use the desktop as you do';
    return {
      json: { ...made, link },
      text: () =>
        `${link}\nWho has this link may ${may} until ${timeText(made.expiresAt)}. It is shown only now.\n`,
    };
  },
});

export const sessionShares = defineCommand({
  description: 'Lists the links by which others see a session. Their addresses are kept nowhere.',
  argument: SESSION,
  options: {},
  examples: ['sallyport session shares 4f1e9c2a'],
  run: async ({ server }, { argument }) => {
    const { id } = await findSession(server, argument);
    const shares = await server('listShares', { params: { id } });
    const rows = shares.map((share) => [
      share.id,
      share.mode,
      timeText(share.createdAt),
      timeText(share.expiresAt),
    ]);
    return {
      json: shares,
      text: () =>
        rows.length === 0
          ? 'Nobody else sees this session.\n'
          : `${renderTable(['LINK', 'MODE', 'MADE', 'WORKS UNTIL'], rows)}\n`,
    };
  },
});

export const sessionUnshare = defineCommand({
  description:
    'Ends the links by which others see a session, or one of them. They are cut at once.',
  argument: SESSION,
  options: {
    link: { value: 'ID', summary: 'Only this one, as `session shares` calls it' },
  },
  examples: ['sallyport session unshare 4f1e9c2a'],
  run: async ({ server }, { argument, options }) => {
    const { id } = await findSession(server, argument);
    const shares = await server('listShares', { params: { id } });
    const { link } = options;
    const ending = link === undefined ? shares : shares.filter((share) => share.id === link);
    if (link !== undefined && ending.length === 0) {
      throw new SallyportError('share_not_found', `There is no link ${link} of this session.`, {
        remedy: `See: sallyport session shares ${id}`,
      });
    }
    for (const share of ending) {
      await server('deleteShare', { params: { id, shareId: share.id } });
    }
    const count = ending.length === 1 ? '1 link' : `${ending.length} links`;
    return { json: ending, text: () => `Ended ${count}.\n` };
  },
});
