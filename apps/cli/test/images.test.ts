import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeAgent, startFakeAgent } from './fake-agent.ts';
import { type RealServer, startRealServer } from './real-server.ts';
import { runCli } from './run-cli.ts';
import { networkA, networkB } from './samples.ts';

let agent: FakeAgent;
let server: RealServer;
let credentialsFile: string;
beforeAll(async () => {
  agent = await startFakeAgent({ listNetworks: () => [networkA, networkB] });
  server = await startRealServer(agent.socket);
  credentialsFile = join(server.folder, 'credentials.json');
  await runCli(['login', server.url], { credentialsFile, typed: ['admin', server.password] });
  await sp('group create Research');
});
afterAll(async () => {
  await server.close();
  await agent.close();
});

const sp = (line: string, more: Parameters<typeof runCli>[1] = {}) =>
  runCli(line.split(' '), { credentialsFile, ...more });

async function json<T = Record<string, unknown>>(line: string, stdin = ''): Promise<T> {
  const { stdout, stderr } = await sp(`${line} --json`, { stdin });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as T;
}

test('every option becomes its field', async () => {
  const picture = join(server.folder, 'icon.png');
  await writeFile(picture, Buffer.from([0x89, 0x50, 0x4e, 0x47]));
  const env = join(server.folder, 'env');
  await writeFile(env, '# secrets\nTOKEN=a=b\n\nLANG=C\n');
  const exec = join(server.folder, 'exec.yaml');
  await writeFile(exec, 'everyStart: { command: [greet, a-token], timeoutSeconds: 5 }\n');
  const made = await json(
    `image create Tools --docker-image tools:1 --description For --picture ${picture} ` +
      `--category work --category web --cores 0.5 --memory 4g --shared-memory 256 --pids 100 --gpus 1 --exec-config ${exec} ` +
      `--env-file ${env} --env LANG=de --run-config - --volume /srv/data:/data:ro --volume /srv/cache:/cache ` +
      `--persistent-profile /home/user --session-time-limit 3600 --restrict-to-network z_custom_a ` +
      `--restrict-to-network z_custom_b --allow-network-selection --egress-mode network --group research ` +
      `--confirm-widening --disabled`,
    'hostname: box\nextraHosts: { wiki: 192.0.2.7 }\n',
  );
  expect(made).toMatchObject({
    name: 'Tools',
    dockerImage: 'tools:1',
    description: 'For',
    picture: 'data:image/png;base64,iVBORw==',
    categories: ['work', 'web'],
    cores: 0.5,
    memoryMiB: 4096,
    sharedMemoryMiB: 256,
    pids: 100,
    gpus: 1,
    execConfig: { everyStart: { command: ['greet', 'a-token'], timeoutSeconds: 5 } },
    environment: { TOKEN: 'a=b', LANG: 'de' },
    runConfig: { hostname: 'box', extraHosts: { wiki: '192.0.2.7' } },
    volumes: [
      { source: '/srv/data', target: '/data', readOnly: true },
      { source: '/srv/cache', target: '/cache', readOnly: false },
    ],
    persistentProfile: '/home/user',
    sessionTimeLimit: 3600,
    restrictToNetwork: true,
    networks: ['z_custom_a', 'z_custom_b'],
    allowNetworkSelection: true,
    enabled: false,
    widening: ['gpus', 'volumes'],
  });
  const { stdout } = await sp('image show tools');
  expect(stdout).toContain('Environment    TOKEN, LANG\n');
  expect(stdout).toContain('every start: greet\n');
  expect(stdout).not.toContain('a=b');
  expect(stdout).not.toContain('a-token');
  await sp('image delete Tools');
});

test('the guide: restricted to one network, then to the other, then to none', async () => {
  const create = 'image create Chromium --docker-image desktop --restrict-to-network z_custom_a';
  expect((await sp(create)).stdout).toBe('Created Chromium. Its sessions leave by: z_custom_a.\n');
  const startable = await sp('image list --startable');
  expect(startable.stdout).toMatch(/Chromium +yes +z_custom_a +192\.168\.4\.153 /);
  const changed = await json('image update chromium --restrict-to-network z_custom_b');
  expect(changed).toMatchObject({ networks: ['z_custom_b'], dockerImage: 'desktop' });
  const blocked = await sp('image list --startable');
  expect(blocked.stdout).toContain('The network z_custom_b is Blocked: no interface of the host');
  expect(await json('image update Chromium --restrict-to-network none')).toMatchObject({
    restrictToNetwork: false,
    networks: [],
  });
  expect((await sp('image list')).stdout).toMatch(/Chromium +enabled +desktop +default /);
  expect((await sp('image rm Chromium')).stdout).toBe('Deleted Chromium.\n');
});

test('wider rights need a yes, and the flag that gives it is named', async () => {
  const create = 'image create Wide --docker-image x --volume /etc:/host';
  const refused = await sp(create);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain('--volume: ');
  expect(refused.stderr).toContain('Leave it out, or say yes: --confirm-widening');
  expect((await sp(`${create} --confirm-widening`)).code).toBe(0);
});

test.each([
  ['image create X', "Required option '--docker-image <REF>'"],
  ['image create X --docker-image x --cores many', '--cores: "many"'],
  ['image create X --docker-image x --memory 3x', '--memory: "3x"'],
  ['image create X --docker-image x --env TOKEN', '--env: has an entry without KEY='],
  ['image create X --docker-image x --volume /a', '--volume: "/a" is no volume'],
  ['image create X --docker-image x --picture a.svg', '--picture: "a.svg" is no PNG'],
  ['image create X --docker-image x --run-config -', '--run-config'],
  ['image create X --docker-image x --restrict-to-network nowhere', 'is no egress network'],
  ['image update Wide', 'The line: '],
  ['image update Wide --enable --disable', '--disable: and --enable exclude each other'],
])('%s is bad input', async (line, sentence) => {
  const { code, stderr } = await sp(line, { stdin: 'privilegd: yes\n' });
  expect(stderr).toContain(sentence);
  expect(code).toBe(2);
});

test.each([
  ['image show W', ['Wide']],
  ['image update Wide --restrict-to-network z_custom_', ['z_custom_a', 'z_custom_b']],
  ['image create x --egress-mode n', ['network']],
])('completes %j without an agent on this machine', async (line, wanted) => {
  const { stdout } = await runCli(['complete', '--', ...line.split(' ')], { credentialsFile });
  expect(stdout.trim().split('\n')).toEqual(wanted);
});
