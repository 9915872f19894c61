import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentProcess } from '@sallyport/lab/agent-process';
import { upLab, type Lab } from '@sallyport/lab/lab';
import type { NamespaceProcess } from '@sallyport/lab/namespace-handle';
import { tryRun } from '@sallyport/lab/process/run';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { A, until } from './support/world.ts';

/* `sallyport up` as somebody types it for a first try. */

const SALLYPORT = join(import.meta.dirname, '../bin/sallyport');
const ADDRESS = 'http://127.0.0.1:8080';

/**
 * Its server is a user without privileges, who has to read this folder; below /root, or where a temporary
 * directory is private, nobody can, and `up` says so.
 */
const user = ['--reuid=60800', '--regid=60800', '--clear-groups'];
const isReadable = (await tryRun('setpriv', [...user, 'test', '-r', SALLYPORT])).code === 0;

let lab: Lab;
let env: Record<string, string>;
let running: NamespaceProcess | null = null;
beforeAll(async () => {
  lab = await upLab({ name: `e2e-up-${process.pid}` });
  env = {
    SALLYPORT_AGENT_SOCKET: join(lab.layout.runDir, 'up.sock'),
    XDG_CONFIG_HOME: join(lab.layout.dataDir, 'config'),
  };
});
afterEach(async () => {
  await running?.stop(30_000);
  running = null;
});
afterAll(() => lab.down());

const sallyport = (words: string, input = '') =>
  lab.host.tryExec(SALLYPORT, words.split(' '), { env, input });

/** Starts it, and waits until it says that it is up. @returns how to read what it has printed */
async function startUp(
  role: string,
  more: Readonly<Record<string, string>> = {},
): Promise<() => Promise<string>> {
  // Whatever the machine has in /etc: this configuration names no echo service.
  const config = join(lab.layout.dataDir, 'agent.yaml');
  await writeFile(config, 'dns: [198.51.100.10]\n');
  const args = ['up', '--state-dir', join(lab.layout.dataDir, 'up'), '--config', config];
  const started = await lab.host.spawn(SALLYPORT, args, { role, env: { ...env, ...more } });
  running = started;
  const printed = (): Promise<string> => readFile(started.logFile, 'utf8');
  await until('it is up', async () => (await printed()).includes('Ctrl-C ends both'));
  return printed;
}

/** Process ids of an app of this test's own folder. */
async function pidsOf(app: 'agent' | 'server'): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = pids.map(async (pid) => {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return line.includes(`apps/${app}/src/main.ts`) && line.includes(lab.layout.dataDir)
      ? [pid]
      : [];
  });
  return (await Promise.all(lines)).flat();
}

/** Real, effective, saved and file-system id of an app's user. */
async function idsOf(app: 'agent' | 'server'): Promise<readonly string[]> {
  const [pid = 'none'] = await pidsOf(app);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return [...new Set((/^Uid:\s+(.+)$/m.exec(status)?.[1] ?? '').split(/\s+/))];
}

test.skipIf(isReadable)('where nobody may read the program, it says where to put it', async () => {
  const { code, stderr } = await sallyport('up');
  expect(code).not.toBe(0);
  expect(stderr).toContain('move it');
});

describe.skipIf(!isReadable)('where the server may read the program', () => {
  test('signs in, makes a network through the agent, ends both, and leaves the guard', async () => {
    const printed = await startUp('up-1');
    const password = /Password +(\S+)/.exec(await printed())?.[1] ?? '';
    expect(await printed()).toContain(`Address   ${ADDRESS}`);
    expect(await printed()).toContain('Sessions are shown once an echo service has seen');
    const login = `login ${ADDRESS} --user admin --password-file -`;
    expect(await sallyport(login, password)).toMatchObject({ code: 0 });
    expect((await sallyport('whoami')).stdout).toContain('everything');
    // The page was built, and the server's user can read it.
    const ask = `process.stdout.write(await (await fetch('${ADDRESS}/')).text())`;
    const page = await lab.host.exec(process.execPath, ['--input-type=module', '-e', ask]);
    expect(page.stdout).toContain('<script type="module"');
    const made = await sallyport(`network create ${A.name} --egress-ip ${A.address} --json`);
    expect(JSON.parse(made.stdout)).toMatchObject({ state: 'Ready' });

    expect(await idsOf('agent')).toEqual(['0']);
    const [uid = '0', ...more] = await idsOf('server');
    expect(Number(uid)).toBeGreaterThan(0);
    expect(more).toEqual([]);
    // The server's user may speak to the agent; who is neither of the two may not.
    const asServer = [
      '--reuid',
      uid,
      '--regid',
      uid,
      '--clear-groups',
      SALLYPORT,
      'host',
      '--json',
    ];
    expect((await lab.host.tryExec('setpriv', asServer, { env })).code).toBe(0);
    const asOther = ['--reuid', '65534', '--regid', '65534', ...asServer.slice(4)];
    expect((await lab.host.tryExec('setpriv', asOther, { env })).code).toBe(3);

    // Through the server, which asks the agent as that user.
    const elsewhere = { ...env, SALLYPORT_AGENT_SOCKET: '/nonexistent/agent.sock' };
    const words = ['export', '--only', 'networks'];
    const exported = await lab.host.tryExec(SALLYPORT, words, { env: elsewhere });
    expect(exported.stdout).toContain(A.name);

    await running?.stop(30_000);
    expect(await printed()).toContain('Networks stay as they are, and stay guarded.');
    expect([await pidsOf('agent'), await pidsOf('server')]).toEqual([[], []]);
    const table = await lab.host.exec('nft', ['list', 'table', 'inet', 'sallyport']);
    expect(table.stdout).toContain(A.address);
  });

  test('the second time it finds what there was, and shows no password', async () => {
    const printed = await startUp('up-2');
    expect(await printed()).not.toContain('Password');
    expect((await sallyport('whoami')).code).toBe(0);
    expect((await sallyport('network list')).stdout).toContain(A.name);
  });

  test('who has lost the password gets a new one, and the server can still write', async () => {
    await running?.stop(30_000);
    const stateDir = join(lab.layout.dataDir, 'up', 'server');
    const recovered = await sallyport(`server recover admin --state-dir ${stateDir}`);
    const password = /password of admin is (\S+)/.exec(recovered.stdout)?.[1] ?? '';
    const printed = await startUp('up-recovered');
    expect(await printed()).toContain(`sallyport server recover admin --state-dir ${stateDir}`);
    expect((await sallyport('whoami')).code).toBe(4);
    const login = `login ${ADDRESS} --user admin --password-file -`;
    expect(await sallyport(login, password)).toMatchObject({ code: 0 });
  });

  test('an agent that runs already is taken as it is, and stays', async () => {
    await running?.stop(30_000);
    const stateDir = join(lab.layout.dataDir, 'up', 'agent');
    const agent = new AgentProcess(lab, { args: ['--state-dir', stateDir] });
    await agent.start();
    const socket = lab.layout.agentSocket;
    const printed = await startUp('up-3', { SALLYPORT_AGENT_SOCKET: socket });
    expect(await printed()).toContain('An agent runs already');
    const elsewhere = { ...env, SALLYPORT_AGENT_SOCKET: '/nonexistent/agent.sock' };
    const words = ['export', '--only', 'networks'];
    const exported = await lab.host.tryExec(SALLYPORT, words, { env: elsewhere });
    await running?.stop(30_000);
    const stays = agent.alive;
    await agent.stop();
    expect(exported).toMatchObject({ code: 0, stderr: '' });
    expect(stays).toBe(true);
  });

  test('without root, without Docker and on a port in use it says what to do, and leaves nothing', async () => {
    const place = ['--state-dir', join(lab.layout.dataDir, 'refused')];
    const port = await lab.host.tryExec(SALLYPORT, ['up', '--listen', '192.0.2.1:80', ...place], {
      env,
    });
    expect(port.code).toBe(4);
    expect(port.stderr).toContain('The server did not start.');
    expect(port.stderr).toContain('Can not listen');
    expect([await pidsOf('agent'), await pidsOf('server')]).toEqual([[], []]);
    const docker = { ...env, DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
    const without = await lab.host.tryExec(SALLYPORT, ['up'], { env: docker });
    expect(without.code).toBe(4);
    expect(without.stderr).toContain('apt-get install docker.io');
    const other = ['--reuid', '65534', '--clear-groups', SALLYPORT, 'up'];
    const asOther = await lab.host.tryExec('setpriv', other, { env });
    expect(asOther.stderr).toBe(
      'sallyport: The agent needs root.\n  Run it as root: sudo sallyport up\n',
    );
  });
});
