import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DISPLAY_COMMAND, openDisplay } from './support/display.ts';
import { startHostEcho } from './support/echo-server.ts';
import {
  INTERNET,
  MIB,
  type SessionWorld,
  shell,
  upSessionWorld,
  VNC,
} from './support/session-world.ts';
import { A, until } from './support/world.ts';

/* Where sessions leave, whom they reach, and who reaches their displays. */

/** An address of the host on its uplink. */
const HOST = '192.168.4.53';

let world: SessionWorld;
let agent: SessionWorld['agent'];
let lab: SessionWorld['lab'];

beforeAll(async () => {
  world = await upSessionWorld('reach');
  ({ agent, lab } = world);
});

afterEach(() => world.deleteSessions());

afterAll(async () => {
  await agent.stop();
  await world.down();
});

test('it leaves by the address of its network, which the agent can tell from inside', async () => {
  const since = Date.now();
  const { id, container } = await world.session();
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
  const session = await world.session();
  const other = await world.session({ display: VNC, command: [...DISPLAY_COMMAND] });
  await startHostEcho(world);
  await world.untilReady(other.id);
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
  const { id } = await world.session({ display: VNC, command: [...DISPLAY_COMMAND] });
  await world.untilReady(id);
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
  const { id } = await world.session({ display: VNC, command: [...DISPLAY_COMMAND] });
  await world.untilReady(id);
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
