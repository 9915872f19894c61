import { SallyportError } from '@sallyport/contract/errors';
import { parseInput } from '@sallyport/contract/parse';
import { type SessionView, sessionStartSchema } from '@sallyport/contract/server/sessions';
import { type Context, defineCommand, type Result } from '../../command.ts';
import type { ServerOutput } from '@sallyport/contract/client';
import { findSession, SESSION, settle } from '../../server/sessions.ts';
import { renderStanding } from '../../views/session.ts';

export const sessionStart = defineCommand({
  description:
    'Starts a session of an image. Answers at once; with --wait when the desktop can be opened, which\n' +
    'is when its address has been verified. Ends with 1 where the session could not start.',
  argument: {
    label: 'IMAGE',
    summary: 'Name or id of the image',
    count: 'one',
    offer: 'startable',
  },
  options: {
    network: {
      value: 'NAME',
      summary: 'The network by which it leaves, where the image lets people choose',
      offer: 'network',
    },
    egress: {
      value: 'HOW',
      summary: 'own: by an address for this session alone; network: not; where people may choose',
      offer: ['own', 'network'],
    },
    wait: { summary: 'Wait until it runs, and tell the phases' },
  },
  examples: [
    'sallyport session start Chromium --wait',
    'sallyport session start Chromium --network z_custom_b',
    'sallyport session open $(sallyport session start Chromium --wait --json | jq -r .id)',
  ],
  fields: { network: '--network', egress: '--egress', imageId: 'IMAGE' },
  run: async (context, { argument, options }) => {
    const image = await findStartable(context, argument);
    const { network, egress } = options;
    const body = parseInput(sessionStartSchema, {
      imageId: image.id,
      ...(network !== undefined && { network }),
      ...(egress !== undefined && { egress }),
    });
    const begun = await context.during('Starting', context.server('startSession', { body }));
    if (options.wait) return settled(context, begun);
    return {
      json: begun,
      text: () =>
        `${renderStanding(context.style, begun)}\nFollow it:  sallyport session show ${begun.id}\n`,
    };
  },
});

/** By name, as people know it: whoever may start it need not be allowed to read images. */
async function findStartable(
  { server }: Context,
  wanted: string,
): Promise<ServerOutput<'launchable'>[number]> {
  const images = await server('launchable', {});
  const name = wanted.trim();
  const found =
    images.find((one) => one.name === name || one.id === name) ??
    images.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  throw new SallyportError('image_not_found', `There is no image ${wanted} that you may start.`, {
    remedy: 'See: sallyport image list --startable',
  });
}

/** What a session that was to run has come to. */
async function settled(context: Context, begun: SessionView): Promise<Result> {
  const { style, logins } = context;
  const session = await settle(context, begun);
  if (session === null) {
    const json = { ...begun, state: 'deleted' };
    return { json, text: () => 'It was deleted meanwhile.\n', exit: 1 };
  }
  const runs = session.state === 'running';
  return {
    json: session,
    text: async () => {
      const { origin } = await logins.site();
      const next = runs ? `\nOpen it:  ${pageOf(origin, session.id)}\n` : '';
      return renderStanding(style, session) + next;
    },
    exit: runs ? 0 : 1,
  };
}

export const sessionResume = defineCommand({
  description:
    'Lets a paused session go on, or starts one that was stopped or has failed. It is shown again when\n' +
    'its address has been verified anew; --wait waits for that, and ends with 1 where it is not so.',
  argument: SESSION,
  options: { wait: { summary: 'Wait until it runs, and tell the phases' } },
  examples: ['sallyport session resume 4f1e9c2a --wait'],
  run: async (context, { argument, options }) => {
    const { id, actions } = await findSession(context.server, argument);
    // Where neither is allowed the server says why.
    const endpoint = actions.includes('start') ? 'resumeStopped' : 'resumeSession';
    const begun = await context.server(endpoint, { params: { id } });
    if (options.wait) return settled(context, begun);
    return { json: begun, text: () => renderStanding(context.style, begun) };
  },
});

export const sessionOpen = defineCommand({
  description:
    'Prints the address of the page with the desktop, and opens it where a browser would be seen.',
  argument: SESSION,
  options: {},
  examples: ['sallyport session open 4f1e9c2a'],
  run: async (context, { argument }) => {
    const session = await findSession(context.server, argument);
    if (!session.actions.includes('open')) {
      throw new SallyportError(
        'session_state',
        `The session is ${session.state}, and can not be opened by you now.`,
        {
          remedy:
            session.reason === '' ? `See: sallyport session show ${session.id}` : session.reason,
        },
      );
    }
    const { origin } = await context.logins.site();
    const url = pageOf(origin, session.id);
    const opened = context.json || context.openPage === null ? false : context.openPage(url);
    return {
      json: { id: session.id, url },
      text: () => (opened ? `Opening ${url}\n` : `${url}\n`),
    };
  },
});

/** The page of a session. */
function pageOf(origin: string, id: string): string {
  return `${origin}/sessions/${id}`;
}
