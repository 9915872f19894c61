import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealServer, startRealServer } from './real-server.ts';
import { startFakeAgent } from './fake-agent.ts';
import { runCli } from './run-cli.ts';
import { networkB } from './samples.ts';

let server: RealServer;
let credentialsFile: string;
beforeAll(async () => {
  server = await startRealServer();
  credentialsFile = join(server.folder, 'credentials.json');
  await runCli(['login', server.url], { credentialsFile, typed: ['admin', server.password] });
});
afterAll(() => server.close());

const apply = (stdin: string, ...flags: readonly string[]) =>
  runCli(['apply', '-f', '-', ...flags], { credentialsFile, stdin });

const FILE = `
groups:
  - name: Research
    priority: 50
    permissions: [images.read, audit.read]
    settings: { maxSessions: 2, allowedNetworks: [z_custom_a] }
  - name: Mail
users:
  - name: Anna
    displayName: Anna Berg
    groups: [Research, Mail]
`;

test('makes groups before the users in them, once, and shows each password once', async () => {
  const dry = await apply(FILE, '--dry-run');
  expect(dry).toMatchObject({ code: 1, stderr: '' });
  expect(dry.stdout).toMatchInlineSnapshot(`
    "+ group Research
        priority: 50
        permissions: audit.read, images.read
        settings.allowedNetworks: z_custom_a
        settings.maxSessions: 2
    + group Mail
        priority: 100
    ? group Everybody  (not in the file; stays: everybody is in it)
    + user anna
        displayName: Anna Berg
        groups: Mail, Research
    ? user admin  (not in the file; stays: it is you)

    Nothing was done. 3 would be created, 2 not in the file.
    "
  `);

  const first = await apply(FILE);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  const password = /The password of anna is (\S+)\n/.exec(first.stdout)?.[1] ?? '';
  expect(first.stdout).toContain('Passwords are shown only now.\nDone: 3 created');
  const own = { credentialsFile: join(server.folder, 'anna.json'), stdin: password };
  const login = ['login', server.url, '--user', 'anna', '--password-file', '-'];
  expect((await runCli(login, own)).code).toBe(0);

  const second = await apply(FILE, '--json');
  expect(second.code).toBe(0);
  const { changes, passwords } = JSON.parse(second.stdout) as {
    readonly changes: readonly { readonly action: string }[];
    readonly passwords?: unknown;
  };
  expect(passwords).toBeUndefined();
  expect(new Set(changes.map(({ action }) => action))).toEqual(new Set(['unchanged', 'extra']));
  expect((await apply(FILE, '--dry-run')).code).toBe(0);
});

test('changes what differs and nothing else; deletes only with --prune, and nobody himself', async () => {
  await apply(FILE);
  const changed = FILE.replace('priority: 50', 'priority: 40')
    .replace('maxSessions: 2', 'maxSessions: 3')
    .replace('[Research, Mail]', '[Research]')
    .replace('  - name: Mail\n', '');
  const outcome = await apply(changed);
  expect(outcome.stdout).toMatchInlineSnapshot(`
    "~ group Research
        priority: 50 -> 40
        settings.maxSessions: 2 -> 3
    ? group Everybody  (not in the file; stays: everybody is in it)
    ? group Mail  (not in the file; --prune deletes it)
    ~ user anna
        groups: Mail, Research -> Research
    ? user admin  (not in the file; stays: it is you)

    Done: 2 updated, 3 not in the file.
    "
  `);
  const pruned = await apply(changed, '--prune');
  expect(pruned.stdout).toMatchInlineSnapshot(`
    "= group Research
    ? group Everybody  (not in the file; stays: everybody is in it)
    - group Mail
    = user anna
    ? user admin  (not in the file; stays: it is you)

    Done: 1 deleted, 2 unchanged, 2 not in the file.
    "
  `);
  const again = await apply(changed, '--prune');
  expect(again.stdout).toContain('Everything is as the file says.');
  const nobody = await apply('users: []', '--prune');
  expect(nobody.stdout).toContain('- user anna\n');
  // A section that is not there is not touched.
  const groups = await runCli(['group', 'list', '--json'], { credentialsFile });
  expect(groups.stdout).toContain('"Research"');
});

test('what is exported, hostile texts too, is what is applied', async () => {
  const description = 'two\nlines: "quoted" \u001b[2J \u202e # end ';
  await apply(JSON.stringify({ groups: [{ name: 'Odd', description }], users: [] }));
  await apply(FILE);
  const { code, stdout } = await runCli(['export', '--only', 'groups', '--only', 'users'], {
    credentialsFile,
  });
  expect(code).toBe(0);
  for (const raw of ['\u001b', '\u202e']) expect(stdout).not.toContain(raw);
  const there = await apply(stdout, '--dry-run');
  expect(there.stdout).toContain('Everything is as the file says.');

  const other = await startRealServer();
  const file = join(other.folder, 'credentials.json');
  await runCli(['login', other.url], { credentialsFile: file, typed: ['admin', other.password] });
  const moved = await runCli(['apply', '-f', '-'], { credentialsFile: file, stdin: stdout });
  expect(moved).toMatchObject({ code: 0, stderr: '' });
  const back = await runCli(['export', '--json', '--only', 'groups'], { credentialsFile: file });
  await other.close();
  const { groups } = JSON.parse(back.stdout) as { readonly groups: readonly object[] };
  expect(groups).toContainEqual({ name: 'Odd', description, priority: 100 });
});

test('images name groups of the same file, and never say yes themselves', async () => {
  const file = `
groups: [{ name: Eyes }]
images:
  - name: Chromium
    dockerImage: sallyport/desktop
    environment: { TOKEN: a-secret }
    restrictToNetwork: true
    networks: [z_custom_a]
    groups: [Eyes]
`;
  expect((await apply(file, '--dry-run')).stdout).toMatchInlineSnapshot(`
    "+ group Eyes
        priority: 100
    ? group Everybody  (not in the file; stays: everybody is in it)
    ? group Research  (not in the file; --prune deletes it)
    ? group Odd  (not in the file; --prune deletes it)
    ? group Mail  (not in the file; --prune deletes it)
    + image Chromium
        dockerImage: sallyport/desktop
        enabled: yes
        cores: 2
        memoryMiB: 2048
        sharedMemoryMiB: 512
        pids: 1024
        gpus: 0
        environment.TOKEN: (set)
        restrictToNetwork: yes
        networks: z_custom_a
        egressMode: network
        groups: Eyes

    Nothing was done. 2 would be created, 4 not in the file.
    "
  `);
  expect((await apply(file)).code).toBe(0);
  const changed = await apply(
    file.replace('a-secret', 'another').replace('[z_custom_a]', '[b, a]'),
  );
  expect(changed.stdout).toContain('~ image Chromium\n');
  expect(changed.stdout).toContain('    networks: z_custom_a -> b, a\n');
  expect(changed.stdout).toContain('    environment.TOKEN: changed\n');
  expect(changed.stdout).not.toContain('another');

  const exported = await runCli(['export', '--only', 'images'], { credentialsFile });
  expect(exported.stdout).toContain('      TOKEN: another\n');
  expect((await apply(exported.stdout, '--dry-run')).stdout).toContain('= image Chromium');
  const wide = 'images: [{ name: Wide, dockerImage: x, runConfig: { privileged: true } }]';
  const refused = await apply(`groups: [{ name: Eyes }, { name: New }]\n${wide}`);
  expect(refused).toMatchObject({ code: 4, stdout: '' });
  expect(refused.stderr).toContain('image Wide: runConfig.privileged: true gives the containers');
  const groups = await runCli(['group', 'list', '--json'], { credentialsFile });
  expect(groups.stdout).not.toContain('"New"');
  expect((await apply(wide.replace('x,', 'x, confirmWidening: true,'))).code).toBe(2);
  expect((await apply(wide, '--confirm-widening', '--prune')).stdout).toContain('- image Chromium');
});

test('without an agent on this machine networks go through the server', async () => {
  const asked: unknown[] = [];
  const remote = await startFakeAgent({
    apply: ({ input }) => {
      asked.push(input['body']);
      return { changes: [{ action: 'create', network: 'a', details: [] }], applied: true };
    },
    listNetworks: () => [networkB],
    exportDocument: () => ({ networks: [] }),
  });
  const far = await startRealServer(remote.socket);
  const file = join(far.folder, 'credentials.json');
  await runCli(['login', far.url], { credentialsFile: file, typed: ['admin', far.password] });
  const stdin = 'networks: [{ name: z_custom_b, egress: { ipv4: 192.168.56.103 } }]';
  const outcome = await runCli(['apply', '-f', '-'], { credentialsFile: file, stdin });
  const exported = await runCli(['export', '--only', 'networks'], { credentialsFile: file });
  await far.close();
  await remote.close();
  expect(outcome).toMatchObject({ code: 0, stderr: '', stdout: '+ a\n\nDone: 1 created.\n' });
  expect(asked.at(-1)).toMatchObject({ dryRun: false, document: { networks: [{}] } });
  expect(exported.stdout).toBe('networks: []\n');
});

test('the group of everybody is found by what it is, and renamed', async () => {
  const file = 'groups: [{ name: All, everyone: true, priority: 900 }]';
  expect((await apply(file)).stdout).toContain('~ group All\n    name: Everybody -> All\n');
  const back = 'groups: [{ name: Everybody, everyone: true, priority: 1000 }]';
  expect((await apply(back)).code).toBe(0);
  expect((await apply('groups: [{ name: Everybody, priority: 1000 }]')).code).toBe(0);
});

test.each([
  ['{}', 'names nothing: there is no section'],
  ['users: [{ name: a, groups: [Nobody] }]', 'users[0].groups[0]: "Nobody" is no group'],
  ['users: [{ name: a }, { name: A }]', 'line 1, column 30: users[1].name: "A" is named twice'],
  ['users: [{ name: a, password: long enough password }]', 'password: is not a known field'],
  ['groups: [{ name: g, settings: { maxSessions: many } }]', 'groups[0].settings.maxSessions'],
])('%j is refused before anything is changed', async (stdin, sentence) => {
  const { code, stderr } = await apply(stdin);
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});

test('without a login only networks are exported, and people are refused', async () => {
  const nobody = { credentialsFile: join(server.folder, 'none.json'), server: server.url };
  const people = await runCli(['export', '--only', 'users'], nobody);
  expect(people.code).toBe(4);
  expect(people.stderr).toContain('Nobody is signed in');
  const networks = await runCli(['export'], nobody);
  expect(networks.code).toBe(3);
  expect((await runCli(['export', '--only', 'cars'], nobody)).code).toBe(2);
});
