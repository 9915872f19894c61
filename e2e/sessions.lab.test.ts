import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionCreateInput } from '@sallyport/contract/sessions';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { MIB, type SessionWorld, shell, upSessionWorld } from './support/session-world.ts';
import { until } from './support/world.ts';

/* What the containers of sessions may do and what they may not, with the real agent on a real host. */

let world: SessionWorld;
let agent: SessionWorld['agent'];
let lab: SessionWorld['lab'];

beforeAll(async () => {
  world = await upSessionWorld('sessions');
  ({ agent, lab } = world);
});

afterEach(() => world.deleteSessions());

afterAll(async () => {
  await agent.stop();
  await world.down();
});

test('a session has no rights', async () => {
  const session = await world.session();
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
  const session = await world.session();
  expect((await shell(session, 'unshare -U -p -n -f true')).code).toBe(0);
  expect((await shell(session, 'unshare -U -r chroot /tmp /nothing')).said).toMatch(/No such file/);
  expect((await shell(session, 'chroot /tmp /nothing')).said).toMatch(/not permitted/);
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
  const session = await world.session({ pids: 16 });
  const crowd = 'for i in $(seq 40); do sleep 5 & done; jobs | wc -l';
  expect((await shell(session, crowd)).said).toMatch(/fork/);
  const roomy = await world.session({ pids: 64 });
  expect((await shell(roomy, crowd)).said.trim()).toBe('40');
});

test('one that takes more memory than it may is ended, and says so', async () => {
  const hungry = ['python3', '-ISc', 'x = bytearray(200 * 1024 * 1024)'];
  const { id } = await world.session({ command: hungry });
  const { reason, exitCode } = await world.untilEnded(id);
  expect([exitCode, reason]).toEqual([137, 'it ended with exit code 137 (killed; out of memory)']);
  await until('the end is told', async () => {
    const events = await agent.call('events', { query: {} });
    return events.some(({ kind, session }) => kind === 'session.ended' && session === id);
  });
  // Control: with enough of it nobody is killed.
  const fed = await world.session({ command: hungry, memoryBytes: 512 * MIB });
  expect((await world.untilEnded(fed.id)).exitCode).toBe(0);
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
    const refusal = await world.session(wish).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'session_refused', errors: [{ field }] });
  }
  await lab.docker(['network', 'create', 'by-hand']);
  for (const network of ['by-hand', 'nowhere']) {
    const refusal = await world.session({ network }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'network_not_found' });
  }
  expect(await agent.call('listSessions', {})).toEqual([]);
});

test('a profile belongs to the user, wherever it lies', async () => {
  const profile = { volume: 'sallyport-profile-ada', target: '/srv/home' };
  const first = await world.session({ profile });
  expect((await shell(first, 'echo kept > /srv/home/file')).code).toBe(0);
  await agent.call('deleteSession', { params: { id: first.id }, query: {} });
  const second = await world.session({ profile });
  expect((await shell(second, 'cat /srv/home/file')).said.trim()).toBe('kept');
  await agent.call('deleteSession', { params: { id: second.id }, query: { profile: 'delete' } });
  const third = await world.session({ profile });
  expect((await shell(third, 'ls -A /srv/home')).said).toBe('');
  await agent.call('deleteSession', { params: { id: third.id }, query: { profile: 'delete' } });
});

test('an agent that is killed at any moment of a creation makes one session and no more', async () => {
  for (const delay of [0, 5, 15, 30, 60, 120, 240]) {
    const id = randomUUID();
    const wish = () => world.session({ id, labels: { delay: String(delay) } });
    const killed = wish().catch((error: unknown) => error);
    await sleep(delay);
    agent.signal('SIGKILL');
    await until('it is gone', async () => !agent.alive);
    await killed;
    await agent.start();
    expect(await wish()).toMatchObject({ id, state: 'running' });
    const found = (await agent.call('listSessions', {})).filter((session) => session.id === id);
    expect(found).toHaveLength(1);
    await agent.call('deleteSession', { params: { id }, query: {} });
  }
  expect((await lab.docker(['ps', '--all', '--quiet'])).stdout).toBe('');
}, 60_000);

test('the agent knows its sessions again after it was killed', async () => {
  const { id } = await world.session({ labels: { owner: 'ada' } });
  agent.signal('SIGKILL');
  await until('it is gone', async () => !agent.alive);
  await agent.start();
  const [found] = await agent.call('listSessions', {});
  expect(found).toMatchObject({ id, state: 'running', labels: { owner: 'ada' } });
});
