import { SallyportError } from '@sallyport/contract/errors';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { expect, onTestFinished, test } from 'vitest';
import { type FakeServer, startFakeServer } from './fake-server.ts';
import { runCli } from './run-cli.ts';
import { SERVER_ANSWERS, session } from './server-samples.ts';

/** A server whose session is, at each look, as the next of these says. */
async function serverWith(
  looks: readonly (Partial<SessionView> | null)[],
  answers: Parameters<typeof startFakeServer>[0] = {},
): Promise<FakeServer> {
  const left = [...looks];
  const look = (): SessionView => {
    const next = left.length > 1 ? left.shift() : left[0];
    if (next === null) throw new SallyportError('session_not_found', 'There is no such session.');
    return { ...session, ...next };
  };
  const server = await startFakeServer({
    ...SERVER_ANSWERS,
    startSession: look,
    showSession: look,
    deleteSession: look,
    ...answers,
  });
  onTestFinished(server.close);
  return server;
}

const sp = (server: FakeServer, line: string, more: Parameters<typeof runCli>[1] = {}) =>
  runCli(line.split(' '), { server: server.url, apiKey: 'k', ...more });

const starting = (phase: string): Partial<SessionView> => ({ state: 'starting', phase });
const START = [
  { state: 'requested' as const },
  starting('pulling the image 3 %'),
  starting('pulling the image 40 %'),
  starting('pulling the image 40 %'),
  starting('waiting for the display'),
  starting('checking the address'),
];

test('waits for a start, and tells each phase, progress in steps', async () => {
  const server = await serverWith([...START, { state: 'running' }]);
  const { code, stdout } = await sp(server, 'session start Chromium --wait');
  expect(code).toBe(0);
  expect(stdout.replaceAll(server.url, 'SERVER')).toMatchInlineSnapshot(`
    "  0 s  requested
      0 s  starting: pulling the image 3 %
      0 s  starting: pulling the image 40 %
      0 s  starting: waiting for the display
      0 s  starting: checking the address
    Chromium (019a0000-0000-7000-8000-000000000050) is running on z_custom_a, leaves as 192.168.4.153 (seen).

    Open it:  SERVER/sessions/019a0000-0000-7000-8000-000000000050
    "
  `);
  const scripts = await serverWith([...START, { state: 'running' }]);
  const { stdout: json } = await sp(scripts, 'session start Chromium --wait --json');
  expect(JSON.parse(json)).toMatchObject({ state: 'running' });
});

test.each(['failed', 'quarantined', 'stopped', 'deleted'] as const)(
  'a start that ends as %s ends with 1',
  async (state) => {
    const server = await serverWith([...START, { state, reason: 'It has no display.' }]);
    const { code, stdout } = await sp(server, 'session start Chromium --wait');
    expect(code).toBe(1);
    if (state !== 'deleted') expect(stdout).toContain('.\n  It has no display.\n');
  },
);

test('a session that goes away while it is deleted is deleted; else it is missed', async () => {
  const deleting = { state: 'deleting' } as const;
  const server = await serverWith([{}, deleting, deleting, null]);
  const id = `session delete ${session.id} --wait`;
  expect(await sp(server, id)).toMatchObject({ code: 0, stderr: '' });
  const lost = await serverWith([starting(''), null]);
  expect(await sp(lost, 'session start Chromium --wait')).toMatchObject({ code: 4 });
});

test('a paused session is resumed, a stopped one started', async () => {
  const paused = await serverWith([{ state: 'paused', actions: ['resume', 'delete'] }]);
  await sp(paused, `session resume ${session.id}`);
  expect(paused.asked.at(-1)?.endpoint).toBe('resumeSession');
  const stopped = await serverWith([{ state: 'stopped', actions: ['start', 'delete'] }], {
    resumeStopped: () => ({ ...session, state: 'starting' }),
  });
  const outcome = await sp(stopped, `session resume ${session.id}`);
  expect(outcome).toMatchObject({ code: 0 });
  expect(stopped.asked.at(-1)?.endpoint).toBe('resumeStopped');
});

test('the page is opened where a browser would be seen, and only of a session that is shown', async () => {
  const opened: string[] = [];
  const server = await serverWith([{}]);
  const url = `${server.url}/sessions/${session.id}`;
  const seen = await sp(server, 'session open 0050', { opened });
  expect(seen.stdout).toBe(`Opening ${url}\n`);
  expect(opened).toEqual([url]);
  expect((await sp(server, 'session open 0050')).stdout).toBe(`${url}\n`);
  const { stdout } = await sp(server, 'session open 0050 --json', { opened });
  expect(JSON.parse(stdout)).toEqual({ id: session.id, url });
  expect(opened).toHaveLength(1);

  const refused = await sp(server, 'session open 0051', { opened });
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain('The session is quarantined');
});

test('a part of an id stands for the session if it is the only one', async () => {
  const server = await serverWith([{}]);
  expect((await sp(server, 'session show 0050')).stdout).toContain(session.id);
  const several = await sp(server, 'session show 019a0000-');
  expect(several).toMatchObject({ code: 2 });
  expect(several.stderr).toContain('fits 2 sessions: ');
  expect(await sp(server, 'session show 050')).toMatchObject({ code: 2 });
  expect(await sp(server, 'session show Chromium')).toMatchObject({ code: 2 });
  expect(await sp(server, 'session show abcdef')).toMatchObject({ code: 4 });
});

test('one of somebody else is found by those who may see all, and by nobody else', async () => {
  const own = { items: [], nextCursor: null };
  const all = { items: [session], nextCursor: null };
  const isAll = (input: Readonly<Record<string, unknown>>): boolean =>
    (input['query'] as { readonly all: string }).all === 'true';
  const server = await serverWith([{}], {
    listSessions: ({ input }) => (isAll(input) ? all : own),
  });
  expect((await sp(server, 'session show 0050')).code).toBe(0);
  const forbidden = await serverWith([{}], {
    listSessions: ({ input }) => {
      if (isAll(input)) throw new SallyportError('forbidden', 'This needs sessions.read.');
      return own;
    },
  });
  const refused = await sp(forbidden, 'session show 0050');
  expect(refused.stderr).toContain('There is no session 0050');
  expect((await sp(forbidden, 'session list --all')).code).toBe(4);
});

test('the list is asked for by id of image and owner', async () => {
  const server = await serverWith([{}]);
  await sp(server, 'session list --image chromium --owner anna --state running --network a');
  expect(server.asked.at(-1)?.input).toMatchObject({
    query: {
      all: 'true',
      state: 'running',
      network: 'a',
      image: session.imageId,
      owner: session.owner?.id,
    },
  });
  expect(await sp(server, 'session list --state asleep')).toMatchObject({ code: 2 });
});

test('what a program in the session prints does not command the terminal', async () => {
  const server = await serverWith([{}], {
    sessionLogs: () => ({ text: 'one\n\u001b[2Jtwo\r\n\u202ethree' }),
  });
  const { stdout } = await sp(server, 'session logs 0050');
  expect(stdout).toBe('one\n\\x1b[2Jtwo\\x0d\n\\u202ethree\n');
});

test('one link is ended, or all of them', async () => {
  const server = await serverWith([{}]);
  const ended = (): readonly unknown[] =>
    server.asked
      .filter(({ endpoint }) => endpoint === 'deleteShare')
      .map(({ input }) => (input['params'] as { readonly shareId: string }).shareId.slice(-2));
  expect((await sp(server, 'session unshare 0050 --link nothing')).code).toBe(4);
  expect(ended()).toEqual([]);
  const one = '019a0000-0000-7000-8000-000000000061';
  await sp(server, `session unshare 0050 --link ${one}`);
  expect(ended()).toEqual(['61']);
  await sp(server, 'session unshare 0050');
  expect(ended()).toEqual(['61', '60', '61']);
});

test('a link is asked for as it was typed', async () => {
  const server = await serverWith([{}]);
  await sp(server, 'session share 0050 --mode control --minutes 5');
  expect(server.asked.at(-1)?.input).toMatchObject({ body: { mode: 'control', minutes: 5 } });
  const wrong = await sp(server, 'session share 0050 --minutes 0');
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain('--minutes: 0');
});
