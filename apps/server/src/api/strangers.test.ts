import type { ServerEndpoint } from '@sallyport/contract/server/endpoint';
import { SERVER_ENDPOINTS, type ServerEndpointName } from '@sallyport/contract/server/endpoints';
import { expect, test } from 'vitest';
import { beginScene, reach, SESSIONS, start } from '../../test/session-scene.ts';
import { PASSWORD, type Sender } from '../../test/stage.ts';

const NAMES = Object.keys(SERVER_ENDPOINTS) as ServerEndpointName[];
/** From the contract, so that a new endpoint is asked by strangers, too. */
const OF_A_SESSION = NAMES.filter((name) =>
  SERVER_ENDPOINTS[name].path.startsWith(`${SESSIONS}/{id}`),
);

/** What is sent where the endpoint takes something, so that no refusal is for its form. */
const BODIES: Partial<Record<ServerEndpointName, object>> = {
  createShare: { mode: 'control', minutes: 5 },
};

test('a stranger learns of somebody’s session nothing, not even that it is there', async () => {
  const scene = await beginScene();
  const { stage, admin, anna } = scene;
  const [everybody] = (await stage.call(admin, { method: 'GET', path: '/api/v1/groups' })).json<{
    items: [{ id: string }];
  }>().items;
  const path = `/api/v1/groups/${everybody.id}`;
  const settings = { sharing: true };
  const headers = { 'if-match': '*' };
  await stage.call(admin, { method: 'PATCH', path, body: { settings }, headers });
  const id = await start(scene);
  await reach(scene, id, 'running');
  const shares = `${SESSIONS}/${id}/shares`;
  const body = { mode: 'view', minutes: 5 };
  const shared = await stage.call(anna, { method: 'POST', path: shares, body });
  expect(shared.statusCode).toBe(201);
  const shareId = shared.json<{ id: string }>().id;
  await stage.addUser(admin, 'ben');
  const ben = await stage.signIn('ben', PASSWORD);
  const keyed = await stage.call(ben, {
    method: 'POST',
    path: '/api/v1/me/keys',
    body: { name: 'k', scopes: [] },
  });
  const key: Sender = { key: keyed.json<{ key: string }>().key };
  const ask = async (sender: Sender, name: ServerEndpointName, session: string) => {
    const endpoint: ServerEndpoint = SERVER_ENDPOINTS[name];
    const answer = await stage.call(sender, {
      method: endpoint.method,
      path: endpoint.path.replace('{id}', session).replace('{shareId}', shareId),
      ...(BODIES[name] !== undefined && { body: BODIES[name] }),
    });
    const problem = answer.json<{ code: string; detail: string }>();
    return { name, status: answer.statusCode, code: problem.code, detail: problem.detail };
  };
  expect(OF_A_SESSION.length).toBeGreaterThan(10);
  const nowhere = '019ab000-0000-7000-8000-00000000dead';
  for (const name of OF_A_SESSION) {
    for (const sender of [ben, key]) {
      const there = await ask(sender, name, id);
      const isPersonal = SERVER_ENDPOINTS[name].access === 'in-person' && sender === key;
      const wanted = isPersonal ? 'forbidden' : 'session_not_found';
      expect(there).toMatchObject({ name, code: wanted });
      const notThere = await ask(sender, name, nowhere);
      expect({ ...there, detail: there.detail.replace(id, nowhere) }).toEqual(notThere);
    }
  }
  // By a session of his own he comes at nobody else's link.
  const own = await start(scene, ben);
  expect(await ask(ben, 'deleteShare', own)).toMatchObject({ code: 'share_not_found' });
  // The control: all of it is still as it was, and its owner is answered.
  await reach(scene, id, 'running');
  const listed = await stage.call(anna, { method: 'GET', path: shares });
  expect(listed.json()).toMatchObject([{ id: shareId }]);
});

test('an image of another group is no image to start, to see, or to read', async () => {
  const scene = await beginScene();
  const { stage, admin, anna, imageId } = scene;
  const path = '/api/v1/groups';
  const made = await stage.call(admin, { method: 'POST', path, body: { name: 'writers' } });
  const group = made.json<{ id: string }>().id;
  const image = `/api/v1/images/${imageId}`;
  const change = { groups: [group] };
  const headers = { 'if-match': '*' };
  await stage.call(admin, { method: 'PATCH', path: image, body: change, headers });
  const body = { imageId };
  const started = await stage.call(anna, { method: 'POST', path: SESSIONS, body });
  expect(started.json()).toMatchObject({ code: 'image_forbidden' });
  const launchable = await stage.call(anna, { method: 'GET', path: '/api/v1/launchable' });
  expect(launchable.json()).toEqual([]);
  const read = await stage.call(anna, { method: 'GET', path: image });
  expect(read.json()).toMatchObject({ code: 'forbidden' });
  await stage.addUser(admin, 'wilma', { groups: [group] });
  await start(scene, await stage.signIn('wilma', PASSWORD));
});

test.each(['listNetworks', 'showNetwork', 'networkFlows', 'audit', 'verifyAudit'] as const)(
  'a user without the right is refused %s; with it answered',
  async (name) => {
    const { stage, admin, anna } = await beginScene();
    const { path, access } = SERVER_ENDPOINTS[name];
    const call = { method: 'GET', path: path.replace('{name}', 'z_custom_a') } as const;
    expect((await stage.call(anna, call)).json()).toMatchObject({ code: 'forbidden' });
    const body = { name: 'readers', permissions: [access] };
    const made = await stage.call(admin, { method: 'POST', path: '/api/v1/groups', body });
    await stage.addUser(admin, 'rita', { groups: [made.json<{ id: string }>().id] });
    const rita = await stage.signIn('rita', PASSWORD);
    expect((await stage.call(rita, call)).json()).not.toMatchObject({ code: 'forbidden' });
  },
);
