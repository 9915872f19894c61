import type { ImageView, Launchable } from '@sallyport/contract/server/images';
import { expect, test } from 'vitest';
import { KINDS } from '../../test/databases.ts';
import { networkNamed } from '../../test/fake-agent.ts';
import { makeStage, PASSWORD, type Sender, type Stage } from '../../test/stage.ts';

const PATH = '/api/v1/images';

async function begin(kind: (typeof KINDS)[number] = 'sqlite') {
  const stage = await makeStage(kind);
  stage.agent.networks.set('z_custom_a', networkNamed('z_custom_a'));
  stage.agent.networks.set('z_custom_b', networkNamed('z_custom_b'));
  const admin = await stage.signIn('admin', stage.adminPassword);
  return { stage, admin };
}

async function create(stage: Stage, sender: Sender, more: object = {}): Promise<ImageView> {
  const body = { name: 'Desktop', dockerImage: 'sallyport/desktop', ...more };
  const answer = await stage.call(sender, { method: 'POST', path: PATH, body });
  expect({ status: answer.statusCode, body: answer.body }).toMatchObject({ status: 201 });
  return answer.json<ImageView>();
}

test.each(KINDS)('an image is made, read, changed and deleted (%s)', async (kind) => {
  const { stage, admin } = await begin(kind);
  const made = await create(stage, admin, {
    restrictToNetwork: true,
    networks: ['z_custom_a'],
    environment: { TOKEN: 'hush' },
    runConfig: { hostname: 'desk', environment: { KEY: 'hush' } },
  });
  expect(made).toMatchObject({ cores: 2, memoryMiB: 2048, enabled: true, widening: [] });
  const path = `${PATH}/${made.id}`;
  const read = await stage.call(admin, { method: 'GET', path });
  expect(read.json()).toEqual(made);
  const headers = { 'if-match': read.headers.etag as string };
  const body = { networks: ['z_custom_b'] };
  const changed = await stage.call(admin, { method: 'PATCH', path, body, headers });
  expect(changed.json()).toMatchObject({ networks: ['z_custom_b'], version: 2, cores: 2 });
  const late = await stage.call(admin, { method: 'PATCH', path, body, headers });
  expect(late.json()).toMatchObject({ code: 'version_changed' });
  expect((await stage.call(admin, { method: 'GET', path: PATH })).json()).toMatchObject({
    items: [{ id: made.id }],
    nextCursor: null,
  });
  expect((await stage.call(admin, { method: 'DELETE', path })).statusCode).toBe(200);
  expect((await stage.call(admin, { method: 'GET', path })).statusCode).toBe(404);
  const log = await stage.call(admin, { method: 'GET', path: `/api/v1/audit?object=${made.id}` });
  expect(log.json<{ items: { action: string }[] }>().items.map(({ action }) => action)).toEqual([
    'image.deleted',
    'image.updated',
    'image.created',
  ]);
  expect(log.body).toContain('TOKEN');
  expect(log.body).not.toContain('hush');
});

test('a name is given once', async () => {
  const { stage, admin } = await begin();
  await create(stage, admin);
  const body = { name: 'Desktop', dockerImage: 'other:1' };
  const second = await stage.call(admin, { method: 'POST', path: PATH, body });
  expect(second.json()).toMatchObject({ code: 'image_exists' });
});

test.each([
  [{ networks: ['z_custom_a', 'z_custom_x'] }, 'networks[1]'],
  [{ restrictToNetwork: true }, 'networks'],
  [{ networks: ['z_custom_a', 'z_custom_a'] }, 'networks'],
  [{ picture: 'data:image/svg+xml;base64,PHN2Zz4=' }, 'picture'],
  [{ picture: `data:image/png;base64,${'A'.repeat(300_000)}` }, 'picture'],
  [{ runConfig: { network: 'host' } }, 'runConfig.network'],
  [{ runConfig: { user: 'root' } }, 'runConfig.user'],
  [{ volumes: [{ source: '/srv/../etc', target: '/data' }] }, 'volumes[0].source'],
  [{ gpus: 65 }, 'gpus'],
  [{ execConfig: { go: 'x' } }, 'execConfig.go'],
  [{ execConfig: { firstLaunch: { command: [] } } }, 'execConfig.firstLaunch.command'],
  [{ runConfig: { dns: ['9.9.9.9'] } }, 'runConfig.dns'],
  [{ egressMode: 'mine' }, 'egressMode'],
  [{ dockerImage: 'not an image' }, 'dockerImage'],
  [{ environment: { 'NOT-A-NAME': '' } }, 'environment.NOT-A-NAME'],
])('%o is refused and names %s', async (more, field) => {
  const { stage, admin } = await begin();
  const body = { name: 'Desktop', dockerImage: 'sallyport/desktop', ...more };
  const answer = await stage.call(admin, { method: 'POST', path: PATH, body });
  expect(answer.json()).toMatchObject({ code: 'invalid_input', errors: [{ field }] });
});

test('networks that can not be looked up are taken: the start of a session will tell', async () => {
  const { stage, admin } = await begin();
  stage.agent.reachable = false;
  const made = await create(stage, admin, { restrictToNetwork: true, networks: ['z_custom_x'] });
  expect(made.networks).toEqual(['z_custom_x']);
});

test('wider rights need the yes of an administrator, at every change', async () => {
  const { stage, admin } = await begin();
  const body = {
    name: 'Wide',
    dockerImage: 'wide:1',
    runConfig: { privileged: true, capAdd: ['SYS_ADMIN'], devices: ['/dev/kvm'], user: '0' },
    gpus: 1,
    volumes: [{ source: '/srv/data', target: '/data' }],
  };
  const refused = await stage.call(admin, { method: 'POST', path: PATH, body });
  expect(refused.statusCode).toBe(422);
  expect(refused.json()).toMatchObject({
    code: 'widening_unconfirmed',
    errors: [
      { field: 'runConfig.privileged', value: true },
      { field: 'runConfig.capAdd' },
      { field: 'runConfig.devices' },
      { field: 'gpus', value: 1 },
      { field: 'volumes' },
      { field: 'runConfig.user', value: '0' },
    ],
  });
  const group = await stage.call(admin, {
    method: 'POST',
    path: '/api/v1/groups',
    body: { name: 'makers', permissions: ['images.manage'] },
  });
  await stage.addUser(admin, 'maker', { groups: [group.json<{ id: string }>().id] });
  const maker = await stage.signIn('maker', PASSWORD);
  const yes = { ...body, confirmWidening: true };
  const byMaker = await stage.call(maker, { method: 'POST', path: PATH, body: yes });
  expect(byMaker.json()).toMatchObject({ code: 'widening_unconfirmed' });
  const made = await create(stage, admin, yes);
  expect(made.widening).toEqual(['privileged', 'capAdd', 'devices', 'gpus', 'volumes', 'root']);
  // Another Docker image under the same wide rights is another program with these rights.
  const path = `${PATH}/${made.id}`;
  const headers = { 'if-match': '*' };
  const swapped = { dockerImage: 'worse:1', confirmWidening: true };
  const swap = await stage.call(maker, { method: 'PATCH', path, body: swapped, headers });
  expect(swap.json()).toMatchObject({ code: 'widening_unconfirmed' });
  const narrowed = { runConfig: {}, volumes: [], gpus: 0 };
  const narrow = await stage.call(maker, { method: 'PATCH', path, body: narrowed, headers });
  expect(narrow.json()).toMatchObject({ widening: [] });
});

async function launchableFor(stage: Stage, sender: Sender): Promise<Launchable[]> {
  const answer = await stage.call(sender, { method: 'GET', path: '/api/v1/launchable' });
  return answer.json<Launchable[]>();
}

test('what somebody may start: enabled, for their groups, with its way out', async () => {
  const { stage, admin } = await begin();
  const post = { method: 'POST', path: '/api/v1/groups' } as const;
  const made = await stage.call(admin, { ...post, body: { name: 'writers' } });
  const writers = made.json<{ id: string }>().id;
  const on = { restrictToNetwork: true, networks: ['z_custom_b', 'z_custom_a'] };
  await create(stage, admin, { name: 'everybody', ...on });
  await create(stage, admin, { name: 'off', enabled: false });
  await create(stage, admin, {
    name: 'writers',
    groups: [writers],
    allowNetworkSelection: true,
    ...on,
  });
  await create(stage, admin, { name: 'nowhere' });
  await stage.addUser(admin, 'anna', { groups: [writers] });
  await stage.addUser(admin, 'ben');
  const blocked = { state: 'Blocked', reason: 'The cable is out.', remedy: 'Plug it in.' } as const;
  stage.agent.networks.set('z_custom_b', networkNamed('z_custom_b', blocked));
  const anna = await launchableFor(stage, await stage.signIn('anna', PASSWORD));
  expect(anna).toMatchObject([
    { name: 'everybody', network: 'z_custom_a', ready: true, mayChooseNetwork: false },
    { name: 'nowhere', network: null, ready: false },
    {
      name: 'writers',
      mayChooseNetwork: true,
      networkChoices: [
        { name: 'z_custom_b', state: 'Blocked', reason: 'The cable is out.' },
        { name: 'z_custom_a', state: 'Ready', egress: ['192.0.2.10'], uplink: 'enp0s3' },
      ],
    },
  ]);
  expect(anna[1]?.reason).toContain('--default-network');
  const ben = await stage.signIn('ben', PASSWORD);
  expect((await launchableFor(stage, ben)).map(({ name }) => name)).toEqual([
    'everybody',
    'nowhere',
  ]);
  // Nobody gets in by the end of the group.
  await stage.call(admin, { method: 'DELETE', path: `/api/v1/groups/${writers}` });
  expect((await launchableFor(stage, ben)).map(({ name }) => name)).toEqual([
    'everybody',
    'nowhere',
  ]);
  stage.agent.reachable = false;
  expect(await launchableFor(stage, ben)).toMatchObject([
    { ready: false, networkChoices: [], reason: 'The agent can not be reached. Start it.' },
    { ready: false },
  ]);
});
