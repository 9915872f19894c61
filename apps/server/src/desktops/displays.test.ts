import { expect, test, vi } from 'vitest';
import {
  beginDesktop,
  KEY,
  MINUTE,
  opened,
  patchAnna,
  type Place,
  REQUEST,
} from '../../test/desktop-place.ts';
import { closeCode } from '../../test/display/browser.ts';
import { act, reach, SESSIONS, start } from '../../test/session-scene.ts';
import { PASSWORD, type Sender } from '../../test/stage.ts';

test('the owner opens the desktop, and what they type arrives', async () => {
  const place = await beginDesktop();
  const ticket = await place.ticket();
  expect(ticket).toMatchObject({ viewOnly: false, clipboardIn: true, clipboardOut: true });
  const browser = await opened(place, ticket);
  browser.send(KEY);
  await vi.waitFor(() => expect(place.heard().includes(KEY)).toBe(true));
  await place.scene.stage.desktops.keeper.look();
  expect(await reach(place.scene, place.id, 'running')).toMatchObject({
    lastInputAt: place.scene.stage.clock.now,
  });
});

test('a ticket works once, for 30 seconds, for its session, from the own pages', async () => {
  const place = await beginDesktop();
  const { scene } = place;
  const used = await place.ticket();
  await opened(place, used);
  expect(await place.open(used)).toEqual({ status: 401 });
  const old = await place.ticket();
  scene.stage.clock.now += MINUTE / 2;
  expect(await place.open(old)).toEqual({ status: 401 });
  const other = await start(scene);
  await reach(scene, other, 'running');
  const path = `${SESSIONS}/${other}/display`;
  expect(await place.open(await place.ticket(), { path })).toEqual({ status: 401 });
  const origin = 'http://evil.example';
  const foreign = await place.ticket();
  expect(await place.open(foreign, { origin })).toEqual({ status: 403 });
  // Used up by the foreign page's attempt.
  expect(await place.open(foreign)).toEqual({ status: 401 });
  expect(await place.open(await place.ticket(), { path: '/api/v1/elsewhere' })).toEqual({
    status: 400,
  });
});

test('others get no ticket; an administrator does, and the log has it', async () => {
  const place = await beginDesktop();
  const { stage, admin } = place.scene;
  await stage.addUser(admin, 'ben');
  const ben = await stage.signIn('ben', PASSWORD);
  for (const [method, end] of [
    ['POST', 'ticket'],
    ['GET', 'thumbnail'],
    ['GET', 'shares'],
  ] as const) {
    const answer = await stage.call(ben, { method, path: `${SESSIONS}/${place.id}/${end}` });
    expect(answer.json()).toMatchObject({ code: 'session_not_found' });
  }
  await opened(place, await place.ticket(admin));
  const log = await stage.call(admin, { method: 'GET', path: `/api/v1/audit?object=${place.id}` });
  expect(log.body).toContain('session.opened');
});

test.each([
  ['the session is stopped', 4001, (p: Place) => act(p.scene, p.id, ['stop'])],
  ['the owner signs out', 4003, (p: Place) => post(p, '/api/v1/sign-out', p.scene.anna)],
  [
    'the owner signs out everywhere',
    4003,
    (p: Place) => post(p, '/api/v1/sign-out-everywhere', p.scene.anna),
  ],
  ['the owner is disabled', 4003, (p: Place) => patchAnna(p, { disabled: true })],
  [
    'the container is gone',
    4001,
    async (p: Place) => {
      p.scene.stage.agent.sessions.containers.delete(p.id);
      await p.scene.stage.desktops.keeper.look();
    },
  ],
  [
    'the address is wrong',
    4001,
    (p: Place) => {
      p.scene.stage.agent.sessions.seenAs.set(p.id, '203.0.113.5');
      return p.scene.stage.desktops.sessions.verify(p.id);
    },
  ],
  [
    'the sign-in has run out',
    4003,
    async (p: Place) => {
      p.scene.stage.clock.now += 12 * 60 * MINUTE;
      await p.scene.stage.desktops.displays.look();
    },
  ],
] as const)('the desktop is cut at once when %s', async (_, code, end) => {
  const place = await beginDesktop({ keepaliveExpiration: 86_400 });
  const browser = await opened(place, await place.ticket());
  const closed = closeCode(browser);
  await end(place);
  expect(await closed).toBe(code);
});

test('who loses the clipboard is cut, and comes back without it', async () => {
  const place = await beginDesktop();
  const { stage, admin } = place.scene;
  const browser = await opened(place, await place.ticket());
  const closed = closeCode(browser);
  const body = { name: 'quiet', priority: 1, settings: { clipboardOut: false } };
  const group = await stage.call(admin, { method: 'POST', path: '/api/v1/groups', body });
  await patchAnna(place, { groups: [group.json<{ id: string }>().id] });
  expect(await closed).toBe(4002);
  expect(await place.ticket()).toMatchObject({ clipboardIn: true, clipboardOut: false });
});

test('who does nothing for long enough is disconnected; looking on is not doing', async () => {
  const place = await beginDesktop({ idleDisconnect: 60, keepaliveExpiration: 86_400 });
  const { stage } = place.scene;
  const browser = await opened(place, await place.ticket());
  stage.clock.now += MINUTE - 1;
  browser.send(KEY);
  await vi.waitFor(() => expect(place.heard().includes(KEY)).toBe(true));
  stage.clock.now += MINUTE - 1;
  browser.send(REQUEST);
  await vi.waitFor(() => expect(place.heard().includes(REQUEST)).toBe(true));
  await stage.desktops.displays.look();
  expect(stage.desktops.displays.gateway.viewers(place.id)).toBe(1);
  const closed = closeCode(browser);
  stage.clock.now += 1;
  await stage.desktops.displays.look();
  expect(await closed).toBe(4006);
});

async function post(place: Place, path: string, sender: Sender): Promise<unknown> {
  return place.scene.stage.call(sender, { method: 'POST', path });
}

test('a server that ends says so to whoever looks on, and waits for nobody', async () => {
  const place = await beginDesktop();
  const browser = await opened(place, await place.ticket());
  const closed = closeCode(browser);
  await place.scene.stage.app.close();
  expect(await closed).toBe(4005);
});

test('an API key opens no desktop', async () => {
  const { scene, id } = await beginDesktop();
  const { stage, anna } = scene;
  const body = { name: 'k', scopes: [] };
  const made = await stage.call(anna, { method: 'POST', path: '/api/v1/me/keys', body });
  const { key } = made.json<{ key: string }>();
  const answer = await stage.call({ key }, { method: 'POST', path: `${SESSIONS}/${id}/ticket` });
  expect(answer.json()).toMatchObject({ code: 'forbidden' });
});
