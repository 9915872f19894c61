import { join } from 'node:path';
import { SallyportError } from '@sallyport/contract/errors';
import { expect, onTestFinished, test } from 'vitest';
import { type Answers, startFakeAgent } from './fake-agent.ts';
import { startRealServer } from './real-server.ts';
import { runCli } from './run-cli.ts';

/** A real server and an agent that the test writes, and somebody who is signed in. */
async function open(apply: NonNullable<Answers['apply']>) {
  const agent = await startFakeAgent({ apply, listNetworks: () => [] });
  onTestFinished(agent.close);
  const server = await startRealServer(agent.socket);
  onTestFinished(server.close);
  const signedIn = {
    credentialsFile: join(server.folder, 'credentials.json'),
    socket: agent.socket,
  };
  const typed = ['admin', server.password];
  await runCli(['login', server.url], { ...signedIn, typed });
  return {
    agent,
    run: (words: readonly string[], stdin = '') => runCli(words, { ...signedIn, stdin }),
    apply: (stdin: string, ...flags: readonly string[]) =>
      runCli(['apply', '-f', '-', ...flags], { ...signedIn, stdin }),
    export: async () => {
      const sections = ['groups', 'users', 'images'].flatMap((one) => ['--only', one]);
      return (await runCli(['export', ...sections], signedIn)).stdout;
    },
  };
}

type Body = { readonly dryRun: boolean; readonly prune: boolean };

const made = ({ input }: { readonly input: Readonly<Record<string, unknown>> }) => {
  const { dryRun } = input['body'] as Body;
  return { changes: [{ action: 'create', network: 'z_a', details: [] }], applied: !dryRun };
};

const NETWORKS = 'networks: [{ name: z_a, egress: { ipv4: 192.168.4.153 } }]\n';
const GOOD = `${NETWORKS}
groups: [{ name: Eyes }]
images: [{ name: Look, dockerImage: x, restrictToNetwork: true, networks: [z_a], groups: [Eyes] }]
users: [{ name: anna, groups: [Eyes] }]
`;

test.each([
  ['networks', GOOD, { agent: true, code: 4, says: 'is in use' }],
  [
    'groups',
    `${NETWORKS}groups: [{ name: Eyes }, { name: eYES, everyone: true }, { name: Everybody, everyone: true }]`,
    { code: 4, says: 'group ' },
  ],
  [
    'images',
    GOOD.replace('dockerImage: x', 'dockerImage: x, runConfig: { user: "0" }'),
    { code: 4, says: 'image Look: runConfig.user' },
  ],
  [
    'images of a network that is nowhere',
    GOOD.replace('networks: [z_a], g', 'networks: [z_b], g'),
    { code: 2, says: 'image Look: networks[0]: "z_b" is no egress network' },
  ],
  [
    'users',
    GOOD.replace('users: [', 'users: [{ name: admin, administrator: false }, '),
    { code: 4, says: 'user admin: Nobody would be left' },
  ],
] as const)('%s that are refused leave everything as it was', async (_, file, wanted) => {
  let refusing = 'agent' in wanted;
  const site = await open((asked) => {
    if (refusing) throw new SallyportError('network_in_use', 'The network z_a is in use.');
    return made(asked);
  });
  const before = await site.export();
  const outcome = await site.apply(file);
  expect(outcome).toMatchObject({ code: wanted.code, stdout: '' });
  expect(outcome.stderr).toContain(wanted.says);
  expect(await site.export()).toBe(before);
  const asked = () => site.agent.asked.filter(({ endpoint }) => endpoint === 'apply');
  expect(asked().map(({ input }) => (input['body'] as Body).dryRun)).toEqual([true]);
  // The control: the same parts, and nothing to refuse.
  refusing = false;
  expect(await site.apply(GOOD)).toMatchObject({ code: 0, stderr: '' });
  expect(await site.export()).toContain('Look');
});

test('what fails later is told exactly, and the next apply does the rest', async () => {
  const changing = { now: false };
  const site = await open(async (asked) => {
    const { dryRun } = asked.input['body'] as Body;
    // Somebody else changes the image between the check and the work.
    if (changing.now && !dryRun) {
      changing.now = false;
      await site.run(['image', 'update', 'Look', '--cores', '4']);
    }
    return made(asked);
  });
  expect((await site.apply(GOOD)).code).toBe(0);
  changing.now = true;
  const file = GOOD.replace('dockerImage: x', 'dockerImage: y').replace(
    'users: [',
    'users: [{ name: ben }, ',
  );
  const stopped = await site.apply(file);
  expect(stopped.code).toBe(4);
  expect(stopped.stdout).toContain(
    'Done: network z_a created.\nNot done: image Look to be updated, user ben to be created.\n',
  );
  expect(stopped.stderr).toContain('It stopped on the way. image Look: It is at version 2, not 1');
  expect(stopped.stderr).toContain('then apply the file again');
  expect(await site.export()).not.toContain('ben');
  changing.now = true;
  const inJson = JSON.parse((await site.apply(file, '--json')).stdout) as unknown;
  expect(inJson).toMatchObject({
    done: [{ kind: 'network', name: 'z_a' }],
    notDone: [{ name: 'Look' }, { name: 'ben' }],
    unknown: [],
    error: { code: 'apply_incomplete' },
  });
  expect(await site.apply(file)).toMatchObject({ code: 0, stderr: '' });
  expect(await site.export()).toContain('ben');
  expect((await site.apply(file, '--dry-run')).stdout).toContain('= image Look');
});

test('passwords are told although networks are in use at the end, and lost answers as that', async () => {
  const site = await open((asked) => {
    const { dryRun, prune } = asked.input['body'] as Body;
    if (prune && !dryRun)
      throw new SallyportError('network_in_use', 'The network z_old is in use.');
    const old = { action: prune ? 'delete' : 'extra', network: 'z_old', details: [] };
    return { changes: [old], applied: !dryRun };
  });
  const file = 'networks: []\nusers: [{ name: carl }, { name: admin, administrator: true }]';
  const stopped = await site.apply(file, '--prune');
  expect(stopped.code).toBe(4);
  expect(stopped.stdout).toMatch(/The password of carl is \S+\nPasswords are shown only now\.\n/);
  expect(stopped.stdout).toContain('Not done: network z_old to be deleted.\n');
  const gone = await open((asked) => {
    const { dryRun } = asked.input['body'] as Body;
    if (!dryRun) throw new SallyportError('agent_unreachable', 'The agent stopped.');
    return made(asked);
  });
  const lost = await gone.apply(GOOD);
  expect(lost.code).toBe(3);
  expect(lost.stdout).toContain('Done: nothing.\nNot done: group Eyes to be created');
  expect(lost.stdout).toContain('Not known: network z_a to be created.\n');
});
