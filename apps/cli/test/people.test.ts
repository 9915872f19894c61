import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealServer, startRealServer } from './real-server.ts';
import { runCli } from './run-cli.ts';

let server: RealServer;
let credentialsFile: string;
beforeAll(async () => {
  server = await startRealServer();
  credentialsFile = join(server.folder, 'credentials.json');
  await runCli(['login', server.url], { credentialsFile, typed: ['admin', server.password] });
});
afterAll(() => server.close());

const sp = (line: string, more: Parameters<typeof runCli>[1] = {}) =>
  runCli(line.split(' '), { credentialsFile, ...more });

async function json<T>(line: string, more?: Parameters<typeof runCli>[1]): Promise<T> {
  const { stdout, stderr } = await sp(`${line} --json`, more);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as T;
}

interface Named {
  readonly name: string;
}

test('a group and its settings, from beginning to end', async () => {
  const words =
    '--priority 7 --permission audit.read --setting sharing=yes --setting maxSessions=3';
  expect(await json(`group create Research ${words}`)).toMatchObject({
    name: 'Research',
    priority: 7,
    permissions: ['audit.read'],
    settings: { sharing: true, maxSessions: 3 },
  });
  const changes = '--setting sharing=inherit --setting idleDisconnect=none --permission none';
  expect(await json(`group update research ${changes}`)).toMatchObject({
    permissions: [],
    settings: { maxSessions: 3, idleDisconnect: null },
  });
  const { stdout } = await sp('group show Research');
  expect(stdout).toContain('maxSessions     3\n');
  expect(stdout).not.toContain('sharing');
  expect(await sp('group create Research')).toMatchObject({ code: 4 });
  expect((await sp('group delete Research')).stdout).toBe('Deleted Research.\n');
  expect((await sp('group show Research')).stderr).toContain('There is no group Research');
  const fixed = await sp('group delete Everybody');
  expect(fixed.code).toBe(4);
});

test('a user from beginning to end', async () => {
  await sp('group create Mail');
  const made = await json<{ readonly password: string }>(
    'user create Anna --generate-password --group Mail',
  );
  expect(made).toMatchObject({ name: 'anna', administrator: false });
  const own = join(server.folder, 'anna.json');
  const first = await runCli(['login', server.url, '--user', 'anna', '--password-file', '-'], {
    credentialsFile: own,
    stdin: made.password,
  });
  expect(first.code).toBe(0);
  const refused = await runCli(['user', 'list'], { credentialsFile: own });
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain('This needs the permission users.read');

  expect((await sp('user show anna')).stdout).toMatch(/Groups +Mail\n/);
  await sp('user update anna --display-name Anna --group none --administrator');
  expect(await json('user show ANNA')).toMatchObject({
    displayName: 'Anna',
    groups: [],
    administrator: true,
  });
  expect((await runCli(['user', 'list'], { credentialsFile: own })).code).toBe(0);
  expect((await sp('user update anna --disable --no-administrator')).code).toBe(0);
  const ended = await runCli(['whoami'], { credentialsFile: own });
  expect(ended.stderr).toContain('The login is over');
  expect((await sp('user delete anna')).stdout).toBe('Deleted anna.\n');
  expect((await json<readonly Named[]>('user list')).map(({ name }) => name)).toEqual(['admin']);
  const last = await sp('user delete admin');
  expect(last.code).toBe(4);
});

test('what is wrong is told by the flag that was typed, before the server is asked', async () => {
  const stdin = 'short';
  const { code, stderr } = await sp('user create b@d! --password-file -', { stdin });
  expect(code).toBe(2);
  expect(stderr).toContain('NAME: "b@d!" must begin with a letter or digit');
  expect(stderr).toContain('--password-file: must have at least 12 characters');
  expect(stderr).not.toContain(stdin);
  const lines = [
    ['group create G --setting maxSessions=many', '--setting: "maxSessions=many"'],
    ['group create G --setting colour=red', 'is no setting'],
    ['group create G --setting maxSessions=1001', '--setting: 1001'],
    ['group create G --priority x', '--priority: "x"'],
    ['group create G --permission fly', '--permission: "fly"'],
    ['user update admin', 'The line: {} names nothing to change'],
    ['user update admin --disable --enable', '--disable: and --enable exclude each other'],
    ['key create k --days 999', '--days: 999'],
    ['audit list --limit 0', '--limit: "0" must be a whole number from 1 to 10000'],
    ['audit list --since soon', '--since: "soon" is not a time'],
    ['audit verify --head x', '--head: "x" must be 64 hexadecimal digits'],
  ];
  for (const [line = '', sentence = ''] of lines) {
    const outcome = await sp(line);
    expect({ line, ...outcome }).toMatchObject({ line, code: 2 });
    expect(outcome.stderr).toContain(sentence);
  }
});

test('passwords that are typed twice must be the same', async () => {
  const different = ['a long enough password', 'another long password'];
  const outcome = await sp('user create carl', { typed: different });
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toContain('the two are not the same');
  const same = ['a long enough password', 'a long enough password'];
  expect((await sp('user create carl', { typed: same })).code).toBe(0);
});

test('the log shows what was done, page after page, and is intact', async () => {
  const names = Array.from({ length: 5 }, (_, index) => `key-${index}`);
  for (const name of names) await sp(`key create ${name}`);
  await sp('key delete key-0');
  const entries =
    await json<readonly { readonly seq: number; readonly action: string }[]>(
      'audit list --limit 7',
    );
  expect(entries.map(({ action }) => action)).toEqual([
    expect.any(String),
    ...names.map(() => 'key.created'),
    'key.deleted',
  ]);
  expect(entries.map(({ seq }) => seq)).toEqual(
    entries.map((_, index) => (entries[0]?.seq ?? 0) + index),
  );
  expect(await json('audit list --actor nobody')).toEqual([]);
  const { head } = await json<{ readonly head: string }>('audit verify');
  expect((await sp(`audit verify --head ${head}`)).code).toBe(0);
  const cut = await sp(`audit verify --head ${'a'.repeat(64)}`);
  expect(cut.code).toBe(1);
  expect(cut.stdout).toContain('NOT INTACT: ');
});

test.each([
  ['user show ', ['admin', 'carl']],
  ['user update carl --gr', ['--group']],
  ['user update carl --group M', ['Mail']],
  ['group create x --permission audit', ['audit.read']],
  ['group create x --setting max', ['maxSessions=']],
  ['key delete key-4', ['key-4']],
])('completes %j', async (line, wanted) => {
  const { stdout } = await runCli(['complete', '--', ...line.split(' ')], { credentialsFile });
  expect(stdout.trim().split('\n').toSorted()).toEqual(wanted.toSorted());
});
