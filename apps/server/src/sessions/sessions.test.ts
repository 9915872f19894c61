import { describe, expect, test, vi } from 'vitest';
import { KINDS } from '../../test/databases.ts';
import { act, beginScene, reach, remove, show, start } from '../../test/session-scene.ts';

describe.each(KINDS)('%s', (kind) => {
  test('a session lives: started, paused, resumed, stopped, started, deleted', async () => {
    const scene = await beginScene({ kind });
    const id = await start(scene);
    expect(await reach(scene, id, 'running')).toMatchObject({
      owner: { name: 'anna' },
      network: 'z_custom_a',
      egress: ['192.168.4.153'],
      verified: { address: '192.168.4.153', ok: true },
      networkState: 'Ready',
      phase: '',
    });
    await act(scene, id, ['pause']);
    await reach(scene, id, 'paused');
    await act(scene, id, ['resume']);
    await reach(scene, id, 'running');
    await act(scene, id, ['stop']);
    await reach(scene, id, 'stopped');
    await act(scene, id, ['start']);
    await reach(scene, id, 'running');
    await remove(scene, id);
    await vi.waitFor(async () =>
      expect(await show(scene, id)).toMatchObject({ code: 'session_not_found' }),
    );
    expect(scene.stage.agent.sessions.containers.size).toBe(0);
    expect(scene.stage.agent.sessions.made.get(id)).toBe(1);
    const path = `/api/v1/audit?object=${id}`;
    const log = await scene.stage.call(scene.admin, { method: 'GET', path });
    const actions = log.json<{ items: { action: string }[] }>().items.map(({ action }) => action);
    expect(actions.toReversed()).toEqual([
      'session.requested',
      'session.pausing',
      'session.resuming',
      'session.stopping',
      'session.starting',
      'session.deleting',
    ]);
  });
});

test('an image that the host does not have is pulled', async () => {
  const scene = await beginScene();
  scene.stage.agent.sessions.images = new Set();
  await reach(scene, await start(scene), 'running');
  expect(scene.stage.agent.pulled).toEqual(['desktop:1']);
});

test('its commands are run before it is shown: once, and at every start; not after a pause', async () => {
  const execConfig = { firstLaunch: { command: ['unpack'] }, everyStart: { command: ['greet'] } };
  const scene = await beginScene({ image: { execConfig } });
  const { sessions } = scene.stage.agent;
  const id = await start(scene);
  await reach(scene, id, 'running');
  expect(sessions.launches).toEqual(['firstLaunch', 'everyStart']);
  await act(scene, id, ['pause']);
  await reach(scene, id, 'paused');
  await act(scene, id, ['resume']);
  await reach(scene, id, 'running');
  expect(sessions.launches).toHaveLength(2);
  await act(scene, id, ['stop']);
  await reach(scene, id, 'stopped');
  await act(scene, id, ['start']);
  await reach(scene, id, 'running');
  expect(sessions.launches).toEqual(['firstLaunch', 'everyStart', 'everyStart']);
});

test('a command that fails ends the session, which says why', async () => {
  const scene = await beginScene({
    image: { execConfig: { firstLaunch: { command: ['false'] } } },
  });
  const id = await start(scene);
  expect((await reach(scene, id, 'failed')).reason).toContain('ended with exit code 1');
  await vi.waitFor(() => expect(scene.stage.agent.sessions.show(id).state).toBe('exited'));
});

test('no command is run in a session that leaves by a wrong address', async () => {
  const scene = await beginScene({ image: { execConfig: { everyStart: { command: ['greet'] } } } });
  const { sessions } = scene.stage.agent;
  const id = await start(scene);
  await reach(scene, id, 'running');
  expect(sessions.launches).toEqual(['everyStart']);
  await act(scene, id, ['stop']);
  await reach(scene, id, 'stopped');
  sessions.seenAs.set(id, '198.51.100.7');
  await act(scene, id, ['start']);
  await reach(scene, id, 'quarantined');
  expect(sessions.launches).toEqual(['everyStart']);
});

test('it is not shown before the display answers, and says what it waits for', async () => {
  const scene = await beginScene();
  scene.stage.agent.sessions.displayReady = false;
  const id = await start(scene);
  await vi.waitFor(async () =>
    expect(await show(scene, id)).toMatchObject({
      state: 'starting',
      phase: 'waiting for the display',
    }),
  );
  scene.stage.agent.sessions.displayReady = true;
  await reach(scene, id, 'running');
});

test('what leaves by a wrong address is quarantined and frozen, at its start and later', async () => {
  const scene = await beginScene();
  const { stage } = scene;
  const id = await start(scene);
  await reach(scene, id, 'running');
  stage.agent.sessions.seenAs.set(id, '198.51.100.7');
  await act(scene, id, ['verify']);
  const wrong = await reach(scene, id, 'quarantined');
  expect(wrong.reason).toContain('198.51.100.7 instead of 192.168.4.153');
  expect(wrong.actions).not.toContain('open');
  expect(stage.agent.sessions.show(id).state).toBe('paused');
  await act(scene, id, ['stop']);
  await reach(scene, id, 'stopped');
  await act(scene, id, ['start']);
  await reach(scene, id, 'quarantined');
});

test('an address that nobody tells is no proof: the session fails and is ended', async () => {
  const scene = await beginScene();
  vi.spyOn(scene.stage.desktops.sessions.world, 'sleep').mockResolvedValue(undefined);
  scene.stage.agent.sessions.echoes = false;
  const id = await start(scene);
  const failed = await reach(scene, id, 'failed');
  expect(failed.reason).toContain('could not be verified');
  await vi.waitFor(() => expect(scene.stage.agent.sessions.show(id).state).toBe('exited'));
});

test('an agent that is away is waited for, and the session says so', async () => {
  const scene = await beginScene();
  const id = await start(scene);
  await reach(scene, id, 'running');
  scene.stage.agent.reachable = false;
  scene.stage.clock.now += 5_000;
  await act(scene, id, ['stop']);
  await vi.waitFor(async () =>
    expect(await show(scene, id)).toMatchObject({
      state: 'stopping',
      phase: 'waiting, and trying again: The agent can not be reached.',
      networkState: 'Pending',
    }),
  );
  // Nothing waits for it: what is asked next is written down at once.
  expect(await remove(scene, id)).toMatchObject({ state: 'deleting' });
  scene.stage.agent.reachable = true;
  await vi.waitFor(() => expect(scene.stage.agent.sessions.containers.size).toBe(0), 5_000);
});

test('images and networks of sessions are not deleted', async () => {
  const scene = await beginScene();
  const { stage, admin, imageId } = scene;
  await reach(scene, await start(scene), 'running');
  const image = await stage.call(admin, { method: 'DELETE', path: `/api/v1/images/${imageId}` });
  expect(image.json()).toMatchObject({ code: 'image_in_use' });
  const headers = { 'if-match': '*' };
  const free = { restrictToNetwork: false };
  await stage.call(admin, {
    method: 'PATCH',
    path: `/api/v1/images/${imageId}`,
    body: free,
    headers,
  });
  const network = await stage.call(admin, {
    method: 'DELETE',
    path: '/api/v1/networks/z_custom_a',
  });
  expect(network.json()).toMatchObject({ code: 'network_in_use' });
});

test('what an image becomes concerns the next session, not the present one', async () => {
  const scene = await beginScene();
  const { stage, admin, imageId } = scene;
  const first = await start(scene);
  await reach(scene, first, 'running');
  const headers = { 'if-match': '*' };
  const body = { networks: ['z_custom_b'] };
  await stage.call(admin, { method: 'PATCH', path: `/api/v1/images/${imageId}`, body, headers });
  const second = await start(scene);
  expect(await reach(scene, second, 'running')).toMatchObject({ egress: ['192.168.56.103'] });
  expect(await show(scene, first)).toMatchObject({
    network: 'z_custom_a',
    egress: ['192.168.4.153'],
  });
});
