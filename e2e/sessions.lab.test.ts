import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionCreateInput } from '@sallyport/contract/sessions';
import { probeImage } from '@sallyport/lab/image/names';
import { type Lab, upLab } from '@sallyport/lab/lab';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DISPLAY_COMMAND, openDisplay } from './support/display.ts';
import { startHostEcho } from './support/echo-server.ts';
import { A, until, World } from './support/world.ts';

/* What the containers of sessions can do, and can not, with the real agent on a real host. */

const INTERNET = '198.51.100.10';
const HOST = '192.168.4.53';
const CONFIG = `
dns: ['${INTERNET}']
echo: ['http://${INTERNET}/', 'stun://${INTERNET}']
sessions: { volumeRoots: [/srv], maxPids: 64 }
`;
const MIB = 1024 * 1024;
const VNC = { kind: 'vnc', clipboardIn: true, clipboardOut: true } as const;

let lab: Lab;
let world: World;
let agent: World['agent'];

beforeAll(async () => {
  lab = await upLab({ name: `e2e-sessions-${process.pid}` });
  const config = join(lab.layout.runDir, 'agent.yaml');
  await writeFile(config, CONFIG);
  world = new World(lab, { args: ['--config', config] });
  ({ agent } = world);
  await agent.start();
  await agent.call('createNetwork', {
    body: { name: A.name, egress: { ipv4: [A.address] }, dns: [INTERNET] },
  });
});

afterEach(async () => {
  for (const { id } of await agent.call('listSessions', {}))
    await agent.call('deleteSession', { params: { id }, query: {} });
});

afterAll(async () => {
  await agent.stop();
  await lab.down();
});

async function start(changes: Partial<SessionCreateInput> = {}) {
  const body = {
    id: randomUUID(),
    image: `${probeImage}:latest`,
    network: A.name,
    display: null,
    pids: 32,
    memoryBytes: 64 * MIB,
    ...changes,
  };
  const session = await agent.call('createSession', { body });
  return { ...session, container: lab.container(session.name) };
}

/** What a shell in the session says, with its exit code. */
async function shell({ container }: Awaited<ReturnType<typeof start>>, script: string) {
  const { code, stdout, stderr } = await container.exec('/bin/sh', ['-c', script]);
  return { code, said: `${stdout}${stderr}` };
}

test('a session has no rights', async () => {
  const session = await start();
  const pid = (await lab.docker(['inspect', '-f', '{{.State.Pid}}', session.containerId])).stdout;
  const status = await readFile(`/proc/${pid.trim()}/status`, 'utf8');
  const value = (key: string) => new RegExp(`^${key}:\\s+(.*)$`, 'm').exec(status)?.[1];
  expect(['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map(value)).toEqual(
    Array.from({ length: 5 }, () => '0000000000000000'),
  );
  expect(['NoNewPrivs', 'Seccomp', 'Uid', 'Gid'].map(value)).toEqual([
    '1',
    '2',
    '1000\t1000\t1000\t1000',
    '1000\t1000\t1000\t1000',
  ]);
});

test('browsers find the namespaces of their sandbox, and no others', async () => {
  const session = await start();
  expect((await shell(session, 'unshare -U -p -n -f true')).code).toBe(0);
  for (const flags of ['-U -m', '-U -i', '-U -u', '-m', '-n'])
    expect([flags, (await shell(session, `unshare ${flags} true`)).code]).not.toEqual([flags, 0]);
  expect((await shell(session, 'mount -t tmpfs x /tmp')).code).not.toBe(0);
});

test("negative control: Docker's own profile lets no sandbox be made", async () => {
  const container = await lab.runContainer({
    name: 'plain',
    extra: ['--cap-drop', 'ALL', '--user', '1000', '--security-opt', 'no-new-privileges'],
  });
  expect((await container.exec('unshare', ['-U', 'true'])).code).not.toBe(0);
  await container.remove();
});

test('it can not start more processes than it may', async () => {
  const session = await start({ pids: 16 });
  const crowd = 'for i in $(seq 40); do sleep 5 & done; jobs | wc -l';
  expect((await shell(session, crowd)).said).toMatch(/fork/);
  const roomy = await start({ pids: 64 });
  expect((await shell(roomy, crowd)).said.trim()).toBe('40');
});

test('one that takes more memory than it may is ended, and says so', async () => {
  const hungry = ['python3', '-ISc', 'x = bytearray(200 * 1024 * 1024)'];
  const { id } = await start({ command: hungry });
  await until('it has ended', async () => {
    const { state } = await agent.call('showSession', { params: { id } });
    return state === 'exited';
  });
  const { reason, exitCode } = await agent.call('showSession', { params: { id } });
  expect([exitCode, reason]).toEqual([137, 'it ended with exit code 137 (killed; out of memory)']);
  await until('the end is told', async () => {
    const events = await agent.call('events', { query: {} });
    return events.some(({ kind, session }) => kind === 'session.ended' && session === id);
  });
  // Control: with enough of it nobody is killed.
  const fed = await start({ command: hungry, memoryBytes: 512 * MIB });
  await until('it has ended by itself', async () => {
    const { state } = await agent.call('showSession', { params: { id: fed.id } });
    return state === 'exited';
  });
  expect((await agent.call('showSession', { params: { id: fed.id } })).exitCode).toBe(0);
});

test('what the configuration does not allow is refused, and nothing is made', async () => {
  const wishes: readonly (readonly [Partial<SessionCreateInput>, string])[] = [
    [{ privileged: true }, 'privileged'],
    [{ user: '0:0' }, 'user'],
    [{ pids: 65 }, 'pids'],
    [{ volumes: [{ source: '/etc', target: '/data' }] }, 'volumes[0].source'],
    [{ capabilities: ['NET_ADMIN'] }, 'capabilities[0]'],
  ];
  for (const [wish, field] of wishes) {
    const refusal = await start(wish).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'session_refused', errors: [{ field }] });
  }
  await lab.docker(['network', 'create', 'by-hand']);
  for (const network of ['by-hand', 'nowhere']) {
    const refusal = await start({ network }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'network_not_found' });
  }
  expect(await agent.call('listSessions', {})).toEqual([]);
});

test('a profile belongs to the user, wherever it lies', async () => {
  const profile = { volume: 'sallyport-profile-ada', target: '/srv/home' };
  const first = await start({ profile });
  expect((await shell(first, 'echo kept > /srv/home/file')).code).toBe(0);
  await agent.call('deleteSession', { params: { id: first.id }, query: {} });
  const second = await start({ profile });
  expect((await shell(second, 'cat /srv/home/file')).said.trim()).toBe('kept');
  await agent.call('deleteSession', { params: { id: second.id }, query: { profile: 'delete' } });
  const third = await start({ profile });
  expect((await shell(third, 'ls -A /srv/home')).said).toBe('');
  await agent.call('deleteSession', { params: { id: third.id }, query: { profile: 'delete' } });
});

test('it leaves by the address of its network, which the agent can tell from inside', async () => {
  const since = Date.now();
  const { id, container } = await start();
  const { source } = await container.traffic('tcp', ['--target', INTERNET]);
  expect(source).toBe(A.address);
  const good = await agent.call('verifySession', { params: { id } });
  expect(good).toMatchObject({ ok: true, expected: [A.address], observed: A.address });
  const arrivals = await lab.wan.arrivals({ since });
  expect(new Set(arrivals.map((arrival) => arrival.source))).toEqual(new Set([A.address]));
  // Frozen processes can't be asked, but their network can.
  await agent.call('pauseSession', { params: { id } });
  expect(await agent.call('verifySession', { params: { id } })).toMatchObject({ ok: true });
  await agent.call('resumeSession', { params: { id } });
  await lab.host.removeAddress(A.uplink, `${A.address}/24`);
  const bad = await agent.call('verifySession', { params: { id } });
  expect(bad).toMatchObject({ ok: false, expected: [A.address], observed: null });
  await lab.host.addAddress(A.uplink, `${A.address}/24`);
  await until('it is seen by its address again', async () => {
    return (await agent.call('verifySession', { params: { id } })).ok;
  });
  await agent.call('stopSession', { params: { id } });
  const ended = agent.call('verifySession', { params: { id } });
  await expect(ended).rejects.toMatchObject({ code: 'session_state' });
});

test('it reaches neither the host, nor another session, nor the agent', async () => {
  const session = await start();
  const other = await start({ display: VNC, command: [...DISPLAY_COMMAND] });
  await startHostEcho(world);
  await until('the display is ready', async () => {
    const { display } = await agent.call('showSession', { params: { id: other.id } });
    return display?.ready === true;
  });
  const connects = async (target: string, port: number) =>
    (await shell(session, `nc -w 1 ${target} ${port} < /dev/null`)).code;
  // Control: the same command reaches what it may reach.
  expect(await connects(INTERNET, 80)).toBe(0);
  const gateway = (session.address ?? '').replace(/\d+$/, '1');
  expect(await connects(HOST, 7)).not.toBe(0);
  expect(await connects(gateway, 7)).not.toBe(0);
  expect(await connects(other.address ?? '', 5901)).not.toBe(0);
  // Control: the host does answer those who may ask.
  const allow = (hostServices: string[]) =>
    agent.call('updateNetwork', {
      params: { name: A.name },
      body: { destinations: { hostServices } },
    });
  await allow(['tcp/7']);
  expect(await connects(gateway, 7)).toBe(0);
  await allow([]);
  expect((await shell(session, `ls ${lab.layout.runDir} /run/docker.sock`)).said).toMatch(
    /No such file.*\n.*No such file/,
  );
});

test('its display is passed on, and ends with it', async () => {
  const { id } = await start({ display: VNC, command: [...DISPLAY_COMMAND] });
  await until('the display is ready', async () => {
    const { display } = await agent.call('showSession', { params: { id } });
    return display?.ready === true;
  });
  const { stream, password } = await openDisplay(lab, id);
  expect(password).toMatch(/^[\w-]{8}$/);
  let said = '';
  stream.on('data', (data: Buffer) => (said += data.toString()));
  await until('it greets', async () => said === 'RFB 003.008\n');
  stream.write('hello');
  await until('it answers', async () => said.endsWith('hello'));
  // Nobody else is told the password.
  const told = JSON.stringify([
    await agent.call('showSession', { params: { id } }),
    await agent.call('events', { query: {} }),
    await readFile(join(agent.stateDir, 'events'), 'utf8').catch(() => ''),
    await agent.complaints(),
  ]);
  expect(told).not.toContain(password);
  await lab.docker(['kill', `sallyport-session-${id}`]);
  await until('the tunnel has ended', async () => stream.closed);
  await expect(openDisplay(lab, id)).rejects.toThrow('409');
});

test('a reader that stalls takes no memory of the agent', async () => {
  const { id } = await start({ display: VNC, command: [...DISPLAY_COMMAND] });
  await until('the display is ready', async () => {
    const { display } = await agent.call('showSession', { params: { id } });
    return display?.ready === true;
  });
  const memory = async () => {
    const status = await readFile(`/proc/${agent.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  };
  const before = await memory();
  const { stream } = await openDisplay(lab, id);
  stream.pause();
  stream.write('flood');
  await sleep(2_000);
  // Whoever does not wait has taken gigabytes by now.
  expect((await memory()) - before).toBeLessThan(48 * MIB);
  stream.destroy();
});

test('the agent knows its sessions again after it was killed', async () => {
  const { id } = await start({ labels: { owner: 'ada' } });
  agent.signal('SIGKILL');
  await until('it is gone', async () => !agent.alive);
  await agent.start();
  const [found] = await agent.call('listSessions', {});
  expect(found).toMatchObject({ id, state: 'running', labels: { owner: 'ada' } });
});
