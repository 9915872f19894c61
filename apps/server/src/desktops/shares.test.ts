import type { Ticket } from '@sallyport/contract/server/displays';
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
import { SESSIONS } from '../../test/session-scene.ts';

async function share(place: Place, mode: 'view' | 'control', minutes = 60) {
  const { stage, anna } = place.scene;
  const path = `${SESSIONS}/${place.id}/shares`;
  const made = await stage.call(anna, { method: 'POST', path, body: { mode, minutes } });
  expect(made.statusCode).toBe(201);
  const { id, url } = made.json<{ id: string; url: string }>();
  const token = url.slice('/share/'.length);
  const open = () =>
    stage.call({}, { method: 'POST', path: '/api/v1/shares/open', body: { token } });
  return { id, path: `${path}/${id}`, open };
}

test('a link shows the desktop without an account; a view-only one changes nothing', async () => {
  const place = await beginDesktop();
  const link = await share(place, 'view');
  const answer = await link.open();
  expect(answer.json()).toMatchObject({ imageName: 'Desktop', mode: 'view', viewOnly: true });
  const browser = await opened(place, answer.json<Ticket>());
  browser.send(Buffer.concat([KEY, REQUEST]));
  await vi.waitFor(() => expect(place.heard().includes(REQUEST)).toBe(true));
  expect(place.heard().includes(KEY)).toBe(false);
  // Negative control: the same keys by a link with control arrive.
  const control = await (await share(place, 'control')).open();
  (await opened(place, control.json<Ticket>())).send(KEY);
  await vi.waitFor(() => expect(place.heard().includes(KEY)).toBe(true));
});

test.each([
  ['it is revoked', (p: Place, path: string) => remove(p, path)],
  [
    'its time is over',
    async (p: Place) => {
      p.scene.stage.clock.now += 10 * MINUTE;
      await p.scene.stage.desktops.displays.look();
    },
  ],
  ['the owner is disabled', (p: Place) => patchAnna(p, { disabled: true })],
] as const)('a link ends when %s, and whoever came by it is cut', async (_, end) => {
  const place = await beginDesktop();
  const link = await share(place, 'control', 10);
  const browser = await opened(place, (await link.open()).json<Ticket>());
  const closed = closeCode(browser);
  await end(place, link.path);
  expect(await closed).toBe(4004);
  expect((await link.open()).json()).toMatchObject({ code: 'share_not_found' });
});

async function remove({ scene }: Place, path: string): Promise<void> {
  const answer = await scene.stage.call(scene.anna, { method: 'DELETE', path });
  expect(answer.statusCode).toBe(200);
}

test('links are not guessed', async () => {
  const { scene } = await beginDesktop();
  const guess = () =>
    scene.stage.call({}, { method: 'POST', path: '/api/v1/shares/open', body: { token: 'guess' } });
  for (let attempt = 0; attempt < 5; attempt += 1) {
    expect((await guess()).json()).toMatchObject({ code: 'share_not_found' });
  }
  expect((await guess()).json()).toMatchObject({ code: 'too_many_attempts' });
});

test('groups decide who may share', async () => {
  const place = await beginDesktop({ sharing: false });
  const path = `${SESSIONS}/${place.id}/shares`;
  const { stage, anna } = place.scene;
  const answer = await stage.call(anna, { method: 'POST', path, body: {} });
  expect(answer.json()).toMatchObject({ code: 'forbidden' });
});
