import type { SessionView } from '@sallyport/contract/server/sessions';
import { expect, test } from 'vitest';
import { networkNamed } from '../../test/fake-agent.ts';
import { act, beginScene, reach, SESSIONS, start } from '../../test/session-scene.ts';
import { PASSWORD } from '../../test/stage.ts';

test('others do not learn that it exists; who may read sees it and can do nothing', async () => {
  const scene = await beginScene();
  const { stage, admin } = scene;
  const id = await start(scene);
  await reach(scene, id, 'running');
  await stage.addUser(admin, 'ben');
  const ben = await stage.signIn('ben', PASSWORD);
  const none = `There is no session ${id}.`;
  const path = `${SESSIONS}/${id}`;
  for (const [method, end] of [
    ['GET', ''],
    ['DELETE', ''],
    ['GET', '/logs'],
    ['POST', '/stop'],
    ['POST', '/keepalive'],
    ['POST', '/verify'],
  ] as const) {
    const answer = await stage.call(ben, { method, path: path + end });
    expect(answer.json()).toMatchObject({ code: 'session_not_found', detail: none });
  }
  expect((await stage.call(ben, { method: 'GET', path: SESSIONS })).json()).toMatchObject({
    items: [],
  });
  const all = await stage.call(ben, { method: 'GET', path: `${SESSIONS}?all=true` });
  expect(all.json()).toMatchObject({ code: 'forbidden' });
  const others = await stage.call(ben, { method: 'GET', path: `${SESSIONS}?owner=anybody` });
  expect(others.json()).toMatchObject({ items: [] });

  const body = { name: 'readers', permissions: ['sessions.read'] };
  const group = await stage.call(admin, { method: 'POST', path: '/api/v1/groups', body });
  await stage.addUser(admin, 'rita', { groups: [group.json<{ id: string }>().id] });
  const rita = await stage.signIn('rita', PASSWORD);
  expect((await stage.call(rita, { method: 'GET', path })).json()).toMatchObject({ actions: [] });
  expect(await act(scene, id, ['stop', rita])).toMatchObject({ code: 'forbidden' });
  expect((await stage.call(rita, { method: 'GET', path: `${path}/logs` })).json()).toMatchObject({
    code: 'forbidden',
  });
});

test('groups take actions and networks away, and limit how many', async () => {
  const scene = await beginScene();
  const { stage, admin } = scene;
  const settings = { maxSessions: 1, stopSessions: false, allowedNetworks: ['z_custom_a'] };
  const body = { name: 'small', priority: 1, settings };
  const group = await stage.call(admin, { method: 'POST', path: '/api/v1/groups', body });
  await stage.addUser(admin, 'carl', { groups: [group.json<{ id: string }>().id] });
  const carl = await stage.signIn('carl', PASSWORD);
  const id = await start(scene, carl);
  await reach(scene, id, 'running');
  const mine = await stage.call(carl, { method: 'GET', path: `${SESSIONS}/${id}` });
  expect(mine.json<SessionView>().actions).toEqual([
    'open',
    'pause',
    'delete',
    'screenshot',
    'logs',
  ]);
  expect(await act(scene, id, ['stop', carl])).toMatchObject({ code: 'forbidden' });
  const wish = { imageId: scene.imageId };
  const second = await stage.call(carl, { method: 'POST', path: SESSIONS, body: wish });
  expect(second.json()).toMatchObject({ code: 'session_limit' });
  await act(scene, id, ['stop', admin]);
  await reach(scene, id, 'stopped');
  await start(scene, carl);
  const again = await stage.call(admin, { method: 'POST', path: `${SESSIONS}/${id}/start` });
  expect(again.json()).toMatchObject({ code: 'session_limit' });
});

test.each([
  [{ network: 'z_custom_b' }, {}, 'network_not_allowed'],
  [{ network: 'z_custom_b' }, { networks: ['z_custom_a', 'z_custom_b'] }, 'network_choice'],
  [{}, { restrictToNetwork: false, networks: [] }, 'no_default_network'],
  [{}, { enabled: false }, 'image_forbidden'],
  [{ imageId: 'none' }, {}, 'image_not_found'],
])('starting %o of %o is refused as %s', async (more, image, code) => {
  const { stage, anna, imageId } = await beginScene({ image });
  const body = { imageId, ...more };
  const answer = await stage.call(anna, { method: 'POST', path: SESSIONS, body });
  expect(answer.json()).toMatchObject({ code });
});

test('a choice that the image allows is where it goes', async () => {
  const image = { networks: ['z_custom_a', 'z_custom_b'], allowNetworkSelection: true };
  const scene = await beginScene({ image });
  const id = await start(scene, scene.anna, { network: 'z_custom_b' });
  expect(await reach(scene, id, 'running')).toMatchObject({ egress: ['192.168.56.103'] });
});

test('a network that is blocked refuses the start, and says why', async () => {
  const { stage, anna, imageId } = await beginScene();
  const blocked = {
    state: 'Blocked',
    reason: 'The cable is out.',
    remedy: 'Plug it in.',
  } as const;
  stage.agent.networks.set('z_custom_a', networkNamed('z_custom_a', blocked));
  const answer = await stage.call(anna, { method: 'POST', path: SESSIONS, body: { imageId } });
  expect(answer.json()).toMatchObject({
    code: 'network_not_ready',
    detail: 'The network z_custom_a is Blocked: The cable is out. Plug it in.',
  });
});

test('the same idempotency key starts one session', async () => {
  const { stage, anna, imageId } = await beginScene();
  const call = {
    method: 'POST',
    path: SESSIONS,
    body: { imageId },
    headers: { 'idempotency-key': 'k' },
  } as const;
  const [one, two] = [await stage.call(anna, call), await stage.call(anna, call)];
  expect(two.json<SessionView>().id).toBe(one.json<SessionView>().id);
});

test.each([
  ['network_not_allowed', { settings: { allowedNetworks: ['z_custom_b'] } }],
  ['image_forbidden', { image: { enabled: false } }],
] as const)('a stopped session does not outlive the right to have it: %s', async (code, change) => {
  const scene = await beginScene();
  const { stage, admin, imageId } = scene;
  const id = await start(scene);
  await reach(scene, id, 'running');
  await act(scene, id, ['stop']);
  await reach(scene, id, 'stopped');
  const headers = { 'if-match': '*' };
  if ('settings' in change) {
    const groups = await stage.call(admin, { method: 'GET', path: '/api/v1/groups' });
    const { items } = groups.json<{ items: [{ id: string }] }>();
    const path = `/api/v1/groups/${items[0].id}`;
    await stage.call(admin, { method: 'PATCH', path, body: change, headers });
  } else {
    const path = `/api/v1/images/${imageId}`;
    await stage.call(admin, { method: 'PATCH', path, body: change.image, headers });
  }
  expect(await act(scene, id, ['start'])).toMatchObject({ code });
  expect(await reach(scene, id, 'stopped')).toMatchObject({ phase: '' });
});
