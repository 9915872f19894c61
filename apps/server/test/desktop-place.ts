import type { AddressInfo } from 'node:net';
import type { Ticket } from '@sallyport/contract/server/displays';
import { expect, onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import { greetAs, openDesktop, type Outcome } from './display/browser.ts';
import { startFakeRfbServer } from './display/fake-rfb-server.ts';
import { beginScene, reach, type Scene, SESSIONS, start } from './session-scene.ts';
import type { Sender } from './stage.ts';

export const KEY = Buffer.from([4, 1, 0, 0, 0, 0, 0, 97]);
export const REQUEST = Buffer.from([3, 0, 0, 0, 0, 0, 0, 1, 0, 1]);
export const MINUTE = 60_000;

export interface Place {
  readonly scene: Scene;
  readonly id: string;
  readonly origin: string;
  /** What the desktop has heard after the handshake. */
  readonly heard: () => Buffer;
  readonly open: (ticket: Ticket, more?: { origin?: string; path?: string }) => Promise<Outcome>;
  readonly ticket: (sender?: Sender) => Promise<Ticket>;
}

/** A session that runs, with an RFB server behind it, and the whole server on a port of loopback. */
export async function beginDesktop(settings: object = {}): Promise<Place> {
  const scene = await beginScene();
  const { stage, admin } = scene;
  const rfb = await startFakeRfbServer();
  onTestFinished(rfb.close);
  stage.agent.display = rfb.connect;
  const { items } = (await stage.call(admin, { method: 'GET', path: '/api/v1/groups' })).json<{
    items: [{ id: string }];
  }>();
  await stage.call(admin, {
    method: 'PATCH',
    path: `/api/v1/groups/${items[0].id}`,
    body: { settings: { sharing: true, ...settings } },
    headers: { 'if-match': '*' },
  });
  const id = await start(scene);
  await reach(scene, id, 'running');
  await stage.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = stage.app.server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    scene,
    id,
    origin,
    heard: rfb.heard,
    ticket: async (sender = scene.anna) => {
      const path = `${SESSIONS}/${id}/ticket`;
      const answer = await stage.call(sender, { method: 'POST', path });
      expect({ status: answer.statusCode, body: answer.body }).toMatchObject({ status: 201 });
      return answer.json<Ticket>();
    },
    open: ({ ticket, path, protocol }, more = {}) =>
      openDesktop(
        `ws://127.0.0.1:${port}${more.path ?? path}`,
        [protocol, `sallyport.ticket.${ticket}`],
        more.origin ?? origin,
      ),
  };
}

export async function opened(place: Place, ticket: Ticket): Promise<WebSocket> {
  const outcome = await place.open(ticket);
  if (!('open' in outcome)) throw new Error(`refused with ${outcome.status}`);
  await greetAs(outcome.open);
  return outcome.open;
}

export async function patchAnna({ scene }: Place, body: object): Promise<void> {
  const { stage, admin } = scene;
  const users = await stage.call(admin, { method: 'GET', path: '/api/v1/users' });
  const { items } = users.json<{ items: { id: string; name: string }[] }>();
  const id = items.find(({ name }) => name === 'anna')?.id;
  const headers = { 'if-match': '*' };
  const answer = await stage.call(admin, {
    method: 'PATCH',
    path: `/api/v1/users/${id}`,
    body,
    headers,
  });
  expect(answer.statusCode).toBe(200);
}
