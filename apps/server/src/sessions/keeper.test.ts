import { randomUUID } from 'node:crypto';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { expect, test, vi } from 'vitest';
import { networkNamed } from '../../test/fake-agent.ts';
import { makeStage, PASSWORD, type Sender, type Stage } from '../../test/stage.ts';
import { VERIFY_EVERY_MS } from './keeper.ts';
import { LABELS } from './wish.ts';

const HOUR = 3_600_000;

interface Scene {
  readonly stage: Stage;
  readonly admin: Sender;
  readonly look: () => Promise<void>;
  /** Starts one as anna and waits until it runs. */
  readonly running: (settings?: object, image?: object) => Promise<string>;
  readonly reach: (id: string, state: SessionView['state']) => Promise<SessionView>;
  readonly annaId: string;
}

async function begin(): Promise<Scene> {
  const stage = await makeStage();
  stage.agent.networks.set('z_custom_a', networkNamed('z_custom_a'));
  const admin = await stage.signIn('admin', stage.adminPassword);
  const annaId = await stage.addUser(admin, 'anna');
  const anna = await stage.signIn('anna', PASSWORD);
  const post = async (sender: Sender, path: string, body: object): Promise<string> =>
    (await stage.call(sender, { method: 'POST', path, body })).json<{ id: string }>().id;
  const reach: Scene['reach'] = (id, state) =>
    vi.waitFor(async () => {
      const answer = await stage.call(admin, { method: 'GET', path: `/api/v1/sessions/${id}` });
      const session = answer.json<SessionView>();
      expect(session).toMatchObject({ state });
      return session;
    }, 5_000);
  return {
    stage,
    admin,
    annaId,
    look: () => stage.desktops.keeper.look(),
    reach,
    running: async (settings, image = {}) => {
      if (settings !== undefined) {
        const groups = await stage.call(admin, { method: 'GET', path: '/api/v1/groups' });
        const { id: everybody } = groups.json<{ items: [{ id: string }] }>().items[0];
        await stage.call(admin, {
          method: 'PATCH',
          path: `/api/v1/groups/${everybody}`,
          body: { settings },
          headers: { 'if-match': '*' },
        });
      }
      const imageId = await post(admin, '/api/v1/images', {
        name: 'Desktop',
        dockerImage: 'desktop:1',
        restrictToNetwork: true,
        networks: ['z_custom_a'],
        ...image,
      });
      const id = await post(anna, '/api/v1/sessions', { imageId });
      await reach(id, 'running');
      return id;
    },
  };
}

/** Waits until its container is removed. @returns whether it is */
async function gone({ stage }: Scene, id: string): Promise<boolean> {
  const { containers } = stage.agent.sessions;
  return vi.waitUntil(() => !containers.has(id), 5_000);
}

test.each([
  ['stop', 'stopped'],
  ['pause', 'paused'],
] as const)(
  'without a keepalive it is ended by the action of the groups: %s',
  async (action, state) => {
    const scene = await begin();
    const settings = { keepaliveAction: action, keepaliveExpiration: 3600 };
    const id = await scene.running(settings);
    scene.stage.clock.now += HOUR - 1;
    await scene.look();
    await scene.reach(id, 'running');
    const path = `/api/v1/sessions/${id}/keepalive`;
    await scene.stage.call(scene.admin, { method: 'POST', path });
    scene.stage.clock.now += HOUR - 1;
    await scene.look();
    await scene.reach(id, 'running');
    scene.stage.clock.now += 1;
    await scene.look();
    expect((await scene.reach(id, state)).reason).toContain('ended by time');
  },
);

test('by default it is deleted, with its container', async () => {
  const scene = await begin();
  const id = await scene.running();
  scene.stage.clock.now += HOUR;
  await scene.look();
  expect(await gone(scene, id)).toBe(true);
});

test('the time limit ends it, however much somebody looks at it', async () => {
  const scene = await begin();
  const id = await scene.running({ keepaliveAction: 'stop' }, { sessionTimeLimit: 600 });
  scene.stage.clock.now += 600_000;
  const path = `/api/v1/sessions/${id}/keepalive`;
  await scene.stage.call(scene.admin, { method: 'POST', path });
  await scene.look();
  expect((await scene.reach(id, 'stopped')).reason).toContain('time limit');
});

test('it is verified again from time to time', async () => {
  const scene = await begin();
  const id = await scene.running();
  scene.stage.agent.sessions.seenAs.set(id, '203.0.113.9');
  await scene.look();
  await scene.reach(id, 'running');
  scene.stage.clock.now += VERIFY_EVERY_MS;
  await scene.look();
  expect((await scene.reach(id, 'quarantined')).reason).toContain('203.0.113.9');
});

test('a session whose container is gone has failed, and says so', async () => {
  const scene = await begin();
  const id = await scene.running();
  scene.stage.agent.sessions.containers.delete(id);
  await scene.look();
  expect((await scene.reach(id, 'failed')).reason).toContain('somebody has removed it');
});

test.each([
  ['running', 'exited', 'failed', 'exited'],
  ['running', 'paused', 'paused', 'paused'],
  ['paused', 'running', 'running', 'running'],
  ['paused', 'exited', 'failed', 'exited'],
  ['stopped', 'running', 'stopped', 'exited'],
  ['quarantined', 'running', 'quarantined', 'paused'],
] as const)('%s, and its container is %s: %s, %s', async (...row) => {
  const [state, found, then, container] = row;
  const scene = await begin();
  const id = await scene.running();
  const { sessions } = scene.stage.agent;
  if (state === 'quarantined') {
    sessions.seenAs.set(id, '203.0.113.9');
    await scene.stage.desktops.sessions.verify(id);
  } else if (state !== 'running') {
    const path = `/api/v1/sessions/${id}/${state === 'paused' ? 'pause' : 'stop'}`;
    await scene.stage.call(scene.admin, { method: 'POST', path });
  }
  await scene.reach(id, state);
  sessions.become(id, found, 1);
  await scene.look();
  await scene.reach(id, then);
  await vi.waitFor(() => expect(sessions.show(id).state).toBe(container));
});

test('a container that the database does not know becomes a session again, verified before it is shown', async () => {
  const scene = await begin();
  const { sessions } = scene.stage.agent;
  const [hers, nobodys] = [randomUUID(), randomUUID()];
  const wish = { image: 'desktop:1', network: 'z_custom_a', display: null } as const;
  sessions.create({
    ...wish,
    id: hers,
    labels: { [LABELS.owner]: scene.annaId, [LABELS.imageName]: 'Desktop' },
  });
  sessions.create({ ...wish, id: nobodys, labels: { [LABELS.owner]: randomUUID() } });
  await scene.look();
  expect(await scene.reach(hers, 'running')).toMatchObject({
    owner: { name: 'anna' },
    imageName: 'Desktop',
    verified: { ok: true },
  });
  expect(await scene.reach(nobodys, 'quarantined')).toMatchObject({
    owner: null,
    reason: expect.stringContaining('owner is not known') as string,
  });
  await scene.look();
  expect(sessions.show(nobodys).state).toBe('running');
  expect(sessions.made.get(hers)).toBe(1);
});

test('a container that comes after its session was deleted is removed', async () => {
  const scene = await begin();
  const id = await scene.running();
  const { sessions } = scene.stage.agent;
  const kept = sessions.containers.get(id);
  await scene.stage.call(scene.admin, { method: 'DELETE', path: `/api/v1/sessions/${id}` });
  await gone(scene, id);
  if (kept !== undefined) sessions.containers.set(id, kept);
  await scene.look();
  expect(await gone(scene, id)).toBe(true);
});

test('whoever is deleted leaves no desktop behind', async () => {
  const scene = await begin();
  const id = await scene.running();
  const path = `/api/v1/users/${scene.annaId}`;
  await scene.stage.call(scene.admin, { method: 'DELETE', path });
  await scene.look();
  expect(await gone(scene, id)).toBe(true);
});
