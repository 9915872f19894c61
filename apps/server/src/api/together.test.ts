import type { ServerInput } from '@sallyport/contract/client';
import { expect, test } from 'vitest';
import { KINDS } from '../../test/databases.ts';
import { networkNamed } from '../../test/fake-agent.ts';
import { makeStage, PASSWORD, type Sender, type Stage } from '../../test/stage.ts';

type Wish = ServerInput<'changeTogether'>['body'];

const send = (stage: Stage, sender: Sender, body: Wish) =>
  stage.call(sender, { method: 'POST', path: '/api/v1/changes', body });

/** Everything that the endpoint can change, and the log of it. */
async function everything(stage: Stage, admin: Sender): Promise<string> {
  const paths = ['groups', 'images', 'users', 'audit'].map((one) => `/api/v1/${one}`);
  const answers = [];
  for (const path of paths) answers.push(await stage.call(admin, { method: 'GET', path }));
  return answers.map(({ body }) => body).join('\n');
}

const FILE: Wish['changes'] = [
  { endpoint: 'createGroup', body: { name: 'Research', permissions: ['images.read'] } },
  {
    endpoint: 'createImage',
    body: {
      name: 'Chromium',
      dockerImage: 'sallyport/desktop',
      restrictToNetwork: true,
      networks: ['z_custom_a'],
      groups: ['Research'],
    },
  },
  { endpoint: 'createUser', body: { name: 'anna', password: PASSWORD, groups: ['Research'] } },
];

test.each(KINDS)('groups, images and users are changed together: %s', async (kind) => {
  const stage = await makeStage(kind);
  const admin = await stage.signIn('admin', stage.adminPassword);
  stage.agent.networks.set('z_custom_a', networkNamed('z_custom_a'));
  const before = await everything(stage, admin);
  const dry = await send(stage, admin, { changes: FILE, dryRun: true });
  expect(dry.json()).toMatchObject({ applied: false });
  expect(await everything(stage, admin)).toBe(before);
  const made = await send(stage, admin, { changes: FILE });
  expect({ status: made.statusCode, body: made.body }).toMatchObject({ status: 200 });
  const [group, image, user] = made.json<{ ids: string[] }>().ids;
  expect(
    (await stage.call(admin, { method: 'GET', path: `/api/v1/images/${image}` })).json(),
  ).toMatchObject({ name: 'Chromium', groups: [group] });
  expect(
    (await stage.call(admin, { method: 'GET', path: `/api/v1/users/${user}` })).json(),
  ).toMatchObject({ name: 'anna', groups: [group] });
  await stage.signIn('anna', PASSWORD);
});

const ADMIN = { administrator: false } as const;

/** What is refused, each behind a change that alone would be carried out. */
const REFUSED: readonly (readonly [string, Wish, object])[] = [
  [
    'a group',
    { changes: [...FILE, { endpoint: 'createGroup', body: { name: 'Everybody' } }] },
    { code: 'group_exists', errors: [{ field: 'changes[3]' }] },
  ],
  [
    'an image',
    {
      changes: [
        ...FILE,
        {
          endpoint: 'createImage',
          body: { name: 'W', dockerImage: 'w', runConfig: { user: '0' } },
        },
      ],
    },
    { code: 'widening_unconfirmed', errors: [{ field: 'changes[3].body.runConfig.user' }] },
  ],
  [
    'an image of a network that is not there',
    {
      changes: [
        ...FILE,
        { endpoint: 'createImage', body: { name: 'W', dockerImage: 'w', networks: ['none'] } },
      ],
    },
    { code: 'invalid_input', errors: [{ field: 'changes[3].body.networks[0]' }] },
  ],
  [
    'a user of a group that is not there',
    {
      changes: [
        ...FILE,
        { endpoint: 'createUser', body: { name: 'b', password: PASSWORD, groups: ['Nobody'] } },
      ],
    },
    { code: 'group_not_found', errors: [{ field: 'changes[3]' }] },
  ],
  [
    'a network that an image of the same request needs',
    { changes: FILE, networks: { removed: ['z_custom_a'] } },
    { code: 'network_in_use' },
  ],
];

test.each(REFUSED)('%s is refused, and nothing else is done', async (_, body, problem) => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  stage.agent.networks.set('z_custom_a', networkNamed('z_custom_a'));
  const before = await everything(stage, admin);
  for (const dryRun of [true, false]) {
    expect((await send(stage, admin, { ...body, dryRun })).json()).toMatchObject(problem);
    expect(await everything(stage, admin)).toBe(before);
  }
  // The same without what is refused: else nothing done would prove nothing.
  expect((await send(stage, admin, { changes: FILE })).statusCode).toBe(200);
  expect(await everything(stage, admin)).not.toBe(before);
});

test('the last administrator stays, and a change of somebody else is not overwritten', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const me = await stage.call(admin, { method: 'GET', path: '/api/v1/me' });
  const { id } = me.json<{ id: string }>();
  const update = (version: number, body: Partial<typeof ADMIN & { displayName: string }>) =>
    send(stage, admin, { changes: [{ endpoint: 'updateUser', id, version, body }] });
  expect((await update(1, ADMIN)).json()).toMatchObject({ code: 'last_administrator' });
  expect((await update(1, { displayName: 'A' })).statusCode).toBe(200);
  expect((await update(1, { displayName: 'B' })).json()).toMatchObject({ code: 'version_changed' });
});

test('each change needs the permission that it needs alone, and grants nothing on the way', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const body = { name: 'makers', permissions: ['groups.manage', 'users.manage'] };
  const group = await stage.call(admin, { method: 'POST', path: '/api/v1/groups', body });
  const { id } = group.json<{ id: string }>();
  const makerId = await stage.addUser(admin, 'maker', { groups: [id] });
  const maker = await stage.signIn('maker', PASSWORD);
  const me = await stage.call(admin, { method: 'GET', path: '/api/v1/me' });
  const { id: adminId } = me.json<{ id: string }>();
  const before = await everything(stage, admin);
  const image = { endpoint: 'deleteImage', id: 'x' } as const;
  const eyes = { endpoint: 'createGroup', body: { name: 'Eyes' } } as const;
  const more = { endpoint: 'updateGroup', id, version: null } as const;
  const refused: readonly Wish['changes'][] = [
    [eyes, image],
    [{ ...more, body: { permissions: ['groups.manage', 'users.manage', 'audit.read'] } }],
    [{ endpoint: 'updateUser', id: makerId, version: null, body: { administrator: true } }],
    [eyes, { endpoint: 'deleteUser', id: adminId }],
  ];
  for (const changes of refused) {
    const answer = await send(stage, maker, { changes });
    expect(answer.json(), JSON.stringify(changes)).toMatchObject({ code: 'forbidden' });
  }
  expect(await everything(stage, admin)).toBe(before);
  expect((await send(stage, maker, { changes: [eyes] })).statusCode).toBe(200);
  const nobody = await send(stage, {}, { changes: [eyes] });
  expect(nobody.json()).toMatchObject({ code: 'not_signed_in' });
});

test('a site with many pictures is one request; nobody without a login has so much read', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const picture = `data:image/png;base64,${'A'.repeat(200_000)}`;
  const changes = Array.from({ length: 20 }, (_, number): Wish['changes'][number] => ({
    endpoint: 'createImage',
    body: { name: `image ${number}`, dockerImage: 'x', picture },
  }));
  expect((await send(stage, {}, { changes })).json()).toMatchObject({ code: 'not_signed_in' });
  expect((await send(stage, admin, { changes })).statusCode).toBe(200);
});
