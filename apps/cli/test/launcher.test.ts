import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPLETION_SCRIPTS } from '../src/completion/scripts.ts';
import { type FakeAgent, startFakeAgent } from './fake-agent.ts';
import { events, hostView, networkA, networkB } from './samples.ts';

const BIN = fileURLToPath(new URL('../../../bin', import.meta.url));
const PROGRAM = join(BIN, 'sallyport');

let folder: string;
let agent: FakeAgent;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-launcher-'));
  agent = await startFakeAgent({
    listNetworks: () => [networkA, networkB],
    host: () => hostView,
    deleteNetwork: () => networkA,
    events: () => Array.from({ length: 5000 }, () => events[0]),
  });
});
afterAll(async () => {
  await agent.close();
  await rm(folder, { recursive: true, force: true });
});

interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with the agent's socket and bin/ on the path. */
function start(program: string, args: readonly string[], input = ''): Promise<Ending> {
  return new Promise((resolve) => {
    const env = {
      ...process.env,
      SALLYPORT_AGENT_SOCKET: agent.socket,
      SUDO_USER: '',
      PATH: [BIN, process.env['PATH']].join(delimiter),
    };
    const child = execFile(program, [...args], { env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
    // A shell that ends before it has read its script: its exit code tells.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

test('lists through the socket of the environment, in the name of the user', async () => {
  const { code, stdout, stderr } = await start(PROGRAM, ['network', 'list', '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual([networkA, networkB]);
  await start(PROGRAM, ['network', 'rm', 'z_custom_a']);
  expect(agent.asked.at(-1)).toMatchObject({
    endpoint: 'deleteNetwork',
    headers: { 'sallyport-actor': userInfo().username },
  });
});

test('works through a symbolic link', async () => {
  const link = join(folder, 'sallyport');
  await symlink(PROGRAM, link);
  expect(await start(link, ['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
});

test.each([
  [['network', 'list', '--socket', '/nonexistent'], 3],
  [['network', 'create', 'a'], 2],
  [['apply', '-f', '-', '--dry-run'], 2],
  [['agent', 'rnu'], 2],
])('%j ends with %i', async (args, code) => {
  const ending = await start(PROGRAM, args, 'networks: [');
  expect(ending.code).toBe(code);
  expect(ending.stderr).toMatch(/^sallyport: /);
});

test('hands `agent` to the agent, which has a help of its own', async () => {
  const { code, stdout } = await start(PROGRAM, ['agent', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('Usage: sallyport agent');
});

test('a reader that leaves early is no failure', async () => {
  const child = spawn(PROGRAM, ['events', '--socket', agent.socket], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => {
    child.once('close', resolve);
  });
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
});

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  // Only bash is on every Debian machine.
  const isHere = spawnSync(shell, ['--version']).status === 0;
  test.skipIf(shell !== 'bash' && !isHere)('parses its script', async () => {
    const file = join(folder, `completion.${shell}`);
    await writeFile(file, COMPLETION_SCRIPTS[shell]);
    const { code, stderr } = await start(shell, ['-n', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

test.each([
  ['sallyport ne', ['network']],
  ['sallyport network s', ['show']],
  ['sallyport network show ', ['z_custom_a', 'z_custom_b']],
  ['sallyport network verify z_custom_a ', ['z_custom_b']],
  ['sallyport network create x --egress-ip ', ['192.168.4.53', '192.168.4.153']],
  ['sallyport network create x --route m', ['main']],
  ['sallyport network create x --route = m', ['main']],
  ['sallyport network create x --route =', ['uplink', 'main']],
  ['sallyport --socket = /run/s net', ['network']],
  ['sallyport back', ['backup']],
  ['sallyport network create x --s', ['--strict', '--subnet', '--subnet6', '--socket', '--server']],
  ['sallyport events --network z_custom_b', ['z_custom_b']],
  ['sallyport completion z', ['zsh']],
  ['sallyport help net', ['network']],
  ['sallyport agent g', ['guard']],
  ['sallyport nonsense ', []],
])('bash completes %j', async (line, wanted) => {
  const script = `
    source <(sallyport completion bash)
    COMP_WORDS=(${line}) COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
    if [[ "$1" == *" " ]]; then COMP_WORDS+=(""); COMP_CWORD=$(( COMP_CWORD + 1 )); fi
    _sallyport
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await start('bash', ['-c', script, 'bash', line]);
  expect(stdout.split('\n').filter((word) => word !== '')).toEqual(wanted);
});

test.each([
  [
    ['network', 'create', 'x', '--route='],
    ['--route=uplink', '--route=main'],
  ],
  [['network', 'create', 'x', '--route=m'], ['--route=main']],
  [['--server=http://x', 'net'], ['network']],
])('shells that leave --flag=value whole are given whole words: %j', async (words, wanted) => {
  const { stdout } = await start(PROGRAM, ['complete', '--', ...words]);
  expect(stdout.trim().split('\n')).toEqual(wanted);
});

test('bash completes files where a file is meant', async () => {
  await writeFile(join(folder, 'networks.yaml'), '');
  const script = `
    source <(sallyport completion bash)
    COMP_WORDS=(sallyport apply -f "$1/netw") COMP_CWORD=3
    _sallyport
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await start('bash', ['-c', script, 'bash', folder]);
  expect(stdout).toBe(`${join(folder, 'networks.yaml')}\n`);
});
