import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { SESSION_ROW } from '../../test/session-row.ts';
import { makeStage, PASSWORD, type Sender, type Stage } from '../../test/stage.ts';
import { REAL_WORLD } from '../ids.ts';
import { KEPT_EVENTS, Live } from './live.ts';

interface Listener {
  readonly text: () => string;
  readonly ended: () => boolean;
  readonly close: () => void;
}

async function listen(stage: Stage, sender: Sender, lastEventId?: string): Promise<Listener> {
  const port = (stage.app.server.address() as { readonly port: number } | null)?.port;
  const origin =
    port === undefined
      ? await stage.app.listen({ host: '127.0.0.1', port: 0 })
      : `http://127.0.0.1:${port}`;
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const answer = await fetch(`${origin}/api/v1/events`, {
    signal: abort.signal,
    headers: {
      ...(sender.cookie !== undefined && { cookie: sender.cookie }),
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  let ended = false;
  const reading = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) text += decoder.decode(chunk as Uint8Array);
  };
  void reading()
    .catch(() => undefined)
    .finally(() => {
      ended = true;
    });
  await expect.poll(() => text).not.toBe('');
  return { text: () => text, ended: () => ended, close: () => abort.abort() };
}

test('people hear of what they may see, and of nothing else', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const first = await stage.addUser(admin, 'first');
  const second = await stage.addUser(admin, 'second');
  const seesAll = await listen(stage, admin);
  const seesLittle = await listen(stage, await stage.signIn('first', PASSWORD));

  const { db } = stage.database;
  for (const [id, owner_id] of [
    ['own', first],
    ['foreign', second],
  ] as const) {
    await db
      .insertInto('sessions')
      .values({ ...SESSION_ROW, id, owner_id })
      .execute();
  }
  await stage.call(admin, { method: 'POST', path: '/api/v1/groups', body: { name: 'g' } });
  stage.desktops.sessions.world.onChange('foreign', 'created');
  stage.desktops.live.publish({ kind: 'network', id: 'net', change: 'updated' });
  stage.desktops.sessions.world.onChange('own', 'created');

  await expect.poll(seesLittle.text).toContain('"id":"own"');
  await expect.poll(seesAll.text).toContain('"id":"own"');
  expect(seesAll.text()).toContain('"kind":"group"');
  expect(seesAll.text()).toContain('"id":"foreign"');
  expect(seesAll.text()).toContain('"id":"net"');
  expect(seesLittle.text().match(/^data: /gm)).toHaveLength(1);
});

test('the stream ends with the sign-in, at once', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  await stage.addUser(admin, 'leaver');
  const leaver = await stage.signIn('leaver', PASSWORD);
  const listener = await listen(stage, leaver);
  const other = await listen(stage, admin);
  await stage.call(leaver, { method: 'POST', path: '/api/v1/sign-out', body: {} });
  await expect.poll(listener.ended).toBe(true);
  expect(other.ended()).toBe(false);
});

test('who comes back hears what was missed; after another process everything is read anew', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const before = await listen(stage, admin);
  const { live } = stage.desktops;
  live.publish({ kind: 'image', id: 'one', change: 'created' });
  await expect.poll(before.text).toContain('"id":"one"');
  const id = /^id: (\S+)$/m.exec(before.text())?.[1];
  before.close();
  live.publish({ kind: 'image', id: 'two', change: 'created' });

  const after = await listen(stage, admin, id);
  await expect.poll(after.text).toContain('"id":"two"');
  expect(after.text()).not.toContain('"id":"one"');
  expect(after.text()).not.toContain('event: reset');
  expect((await listen(stage, admin, 'other-1')).text()).toContain('event: reset');
});

test('the server ends although somebody listens', async () => {
  const stage = await makeStage();
  const listener = await listen(stage, await stage.signIn('admin', stage.adminPassword));
  await stage.app.close();
  await expect.poll(listener.ended).toBe(true);
});

test('a reader that fell behind is told so and goes on with what is kept', async () => {
  const live = new Live(REAL_WORLD, 20);
  const stream = live.follow({
    lastEventId: null,
    visible: async (events) => new Set(events),
  });
  const next = async () => String((await stream.next()).value);
  expect(await next()).toBe(': hello\n\n');
  expect(await next()).toBe(': still here\n\n');
  for (let n = 1; n <= KEPT_EVENTS + 5; n += 1) {
    live.publish({ kind: 'user', id: `u${n}`, change: 'updated' });
  }
  expect(await next()).toContain('event: reset');
  expect(await next()).toContain('"id":"u6"');
  live.close();
  await sleep(0);
  await stream.return(undefined);
});
