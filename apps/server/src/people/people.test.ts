import { describe, expect, test } from 'vitest';
import { KINDS } from '../../test/databases.ts';
import { makeStage, PASSWORD, type Sender, type Stage } from '../../test/stage.ts';

const USERS = '/api/v1/users';
const GROUPS = '/api/v1/groups';

async function send(
  stage: Stage,
  sender: Sender,
  [method, path, body, headers = {}]: readonly [
    'GET' | 'POST' | 'PATCH' | 'DELETE',
    string,
    unknown?,
    Readonly<Record<string, string>>?,
  ],
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await stage.call(sender, { method, path, body, headers });
  const read = answer.json<Record<string, unknown>>();
  return { status: answer.statusCode, etag: answer.headers['etag'], ...read };
}

describe.each(KINDS)('%s', (kind) => {
  test('users and groups: made, read by pages, changed, deleted, and all of it in the log', async () => {
    const stage = await makeStage(kind);
    const admin = await stage.signIn('admin', stage.adminPassword);
    const ids: string[] = [];
    for (const name of ['anna', 'bert', 'carl']) {
      // Ids of one millisecond have no order.
      stage.clock.now += 1;
      ids.push(await stage.addUser(admin, name));
    }
    const page = await send(stage, admin, ['GET', `${USERS}?limit=2`]);
    const rest = await send(stage, admin, ['GET', `${USERS}?cursor=${String(page['nextCursor'])}`]);
    const names = [page, rest].flatMap((one) => one['items'] as { name: string }[]);
    expect(names.map(({ name }) => name)).toEqual(['admin', 'anna', 'bert', 'carl']);
    expect(rest['nextCursor']).toBeNull();

    const path = `${USERS}/${ids[0]}`;
    const { etag } = await send(stage, admin, ['GET', path]);
    expect(etag).toBe('"1"');
    const change = { displayName: 'Anna' };
    expect(await send(stage, admin, ['PATCH', path, change])).toMatchObject({ status: 428 });
    const first = await send(stage, admin, ['PATCH', path, change, { 'if-match': '"1"' }]);
    expect(first).toMatchObject({ status: 200, etag: '"2"', displayName: 'Anna' });
    const late = await send(stage, admin, ['PATCH', path, { groups: [] }, { 'if-match': '"1"' }]);
    expect(late).toMatchObject({ status: 412, code: 'version_changed' });

    const twice = { name: 'anna', password: PASSWORD };
    expect(await send(stage, admin, ['POST', USERS, twice])).toMatchObject({ code: 'user_exists' });
    const group = { name: 'Everybody' };
    expect(await send(stage, admin, ['POST', GROUPS, group])).toMatchObject({
      code: 'group_exists',
    });
    expect(await send(stage, admin, ['DELETE', path])).toMatchObject({ status: 200 });
    expect(await send(stage, admin, ['GET', path])).toMatchObject({ code: 'user_not_found' });

    const log = await send(stage, admin, ['GET', `/api/v1/audit?object=${ids[0]}`]);
    expect((log['items'] as { action: string }[]).map(({ action }) => action)).toEqual([
      'user.deleted',
      'user.updated',
      'user.created',
    ]);
    expect(JSON.stringify(log)).not.toContain(PASSWORD);
    expect(await send(stage, admin, ['GET', '/api/v1/audit/verify'])).toMatchObject({
      intact: true,
    });
  }, 300_000);

  test('a creation with a key is carried out once, also when it is sent many times at once', async () => {
    const stage = await makeStage(kind);
    const admin = await stage.signIn('admin', stage.adminPassword);
    const headers = { 'idempotency-key': 'one' };
    const body = { name: 'anna', password: PASSWORD };
    const create = () => send(stage, admin, ['POST', USERS, body, headers]);
    const made = await Promise.all([create(), create(), create()]);
    const again = await create();
    expect(made.filter((answer) => answer['status'] === 201).length).toBeGreaterThan(0);
    expect(again['status']).toBe(201);
    for (const answer of made) {
      if (answer['status'] === 201) expect(answer['id']).toBe(again['id']);
      else expect(answer['code']).toBe('idempotency_conflict');
    }
    const other = await send(stage, admin, ['POST', USERS, { ...body, name: 'bert' }, headers]);
    expect(other).toMatchObject({ status: 409, code: 'idempotency_conflict' });
    const rows = await stage.database.db.selectFrom('users').select('id').execute();
    expect(rows).toHaveLength(2);
  }, 300_000);
});

async function manager(stage: Stage, admin: Sender): Promise<Sender> {
  const permissions = ['users.manage', 'groups.manage'];
  const group = await send(stage, admin, ['POST', GROUPS, { name: 'managers', permissions }]);
  await stage.addUser(admin, 'manager', { groups: [String(group['id'])] });
  return stage.signIn('manager', PASSWORD);
}

test('whoever manages people can not reach further by it than they do themselves', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const group = await send(stage, admin, [
    'POST',
    GROUPS,
    { name: 'auditors', permissions: ['audit.read'] },
  ]);
  const auditors = String(group['id']);
  const auditor = await stage.addUser(admin, 'auditor', { groups: [auditors] });
  const users = await stage.database.db.selectFrom('users').selectAll().execute();
  const adminId = users.find(({ name }) => name === 'admin')?.id ?? '';
  const sender = await manager(stage, admin);
  const any = { 'if-match': '*' };
  const own = users.find(({ name }) => name === 'manager')?.id ?? auditor;
  const attempts = [
    ['POST', USERS, { name: 'evil', password: PASSWORD, administrator: true }],
    ['POST', USERS, { name: 'evil', password: PASSWORD, groups: [auditors] }],
    ['PATCH', `${USERS}/${adminId}`, { password: PASSWORD }, any],
    ['PATCH', `${USERS}/${auditor}`, { password: PASSWORD }, any],
    ['PATCH', `${USERS}/${own}`, { administrator: true }, any],
    ['DELETE', `${USERS}/${adminId}`],
    ['POST', GROUPS, { name: 'evil', permissions: ['audit.read'] }],
    ['PATCH', `${GROUPS}/${auditors}`, { permissions: [] }, any],
    ['DELETE', `${GROUPS}/${auditors}`],
  ] as const;
  for (const attempt of attempts) {
    const { status, code } = await send(stage, sender, attempt);
    expect({ attempt, status, code }).toEqual({ attempt, status: 403, code: 'forbidden' });
  }
  const plain = { name: 'plain', password: PASSWORD };
  expect(await send(stage, sender, ['POST', USERS, plain])).toMatchObject({ status: 201 });
});

test('the last administrator stays, and so does the group of everybody', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const [user] = await stage.database.db.selectFrom('users').select('id').execute();
  const [everybody] = await stage.database.db.selectFrom('groups').select('id').execute();
  const path = `${USERS}/${user?.id}`;
  for (const body of [{ administrator: false }, { disabled: true }]) {
    const answer = await send(stage, admin, ['PATCH', path, body, { 'if-match': '*' }]);
    expect(answer).toMatchObject({ status: 409, code: 'last_administrator' });
  }
  expect(await send(stage, admin, ['DELETE', path])).toMatchObject({ code: 'last_administrator' });
  expect(await send(stage, admin, ['DELETE', `${GROUPS}/${everybody?.id}`])).toMatchObject({
    code: 'group_fixed',
  });
  await stage.addUser(admin, 'second', { administrator: true });
  expect(await send(stage, admin, ['DELETE', path])).toMatchObject({ status: 200 });
});

test('a wrong field is named, and what holds for a person comes from their groups', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const wrong = { name: 'x', settings: { maxSessions: -1 } };
  const refusal = await send(stage, admin, ['POST', GROUPS, wrong]);
  expect(refusal).toMatchObject({ errors: [{ field: 'settings.maxSessions', value: -1 }] });
  const right = { name: 'x', priority: 5, settings: { maxSessions: 9 } };
  const group = await send(stage, admin, ['POST', GROUPS, right]);
  await stage.addUser(admin, 'anna', { groups: [String(group['id'])] });
  const anna = await stage.signIn('anna', PASSWORD);
  expect(await send(stage, anna, ['GET', '/api/v1/me'])).toMatchObject({
    permissions: [],
    settings: { maxSessions: 9, sharing: false },
  });
});
