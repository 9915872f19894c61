import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AGENT } from '@sallyport/lab/agent-process';
import { DISPLAY_COMMAND } from './support/display.ts';
import {
  INTERNET,
  type SessionWorld,
  shell,
  type Started,
  upSessionWorld,
  VNC,
} from './support/session-world.ts';
import { A, B, until } from './support/world.ts';

/*
 * Somebody in a session who wants out of it: to the server's API, the agent's socket, Docker, another
 * session, and the host. The server listens on every address of the host, as behind a proxy of its own.
 */

const PORT = 8080;
/** Addresses of the host: its own, and those by which sessions leave. */
const HOST = ['192.168.4.53', A.address, B.address];

let world: SessionWorld;
let prisoner: Started;

beforeAll(async () => {
  world = await upSessionWorld('prisoner');
  const { agent, lab } = world;
  await agent.call('createNetwork', {
    body: { name: B.name, egress: { ipv4: [B.address] }, gateway: B.gateway, dns: [INTERNET] },
  });
  const [sallyport = ''] = AGENT;
  const places = ['--state-dir', join(lab.layout.dataDir, 'server-of-host')];
  const listen = ['--listen', `0.0.0.0:${PORT}`, '--agent-socket', lab.layout.agentSocket];
  const args = ['server', 'run', ...listen, ...places];
  await lab.host.spawn(sallyport, args, { role: 'server-of-host' });
  await until('the server listens', async () => isServer(await toldHost('127.0.0.1', PORT)));
  prisoner = await world.session();
});

afterAll(() => world.down());

const ASK = `
const [address, port] = process.argv.slice(1);
const socket = require('node:net').connect({ host: address, port: Number(port), timeout: 2000 });
socket.on('timeout', () => process.exit(1));
socket.on('error', () => process.exit(1));
socket.on('data', (data) => { console.log(String(data)); process.exit(0); });
socket.write('GET /healthz HTTP/1.0\\r\\n\\r\\n');
`;

const isServer = (said: string): boolean => said.includes('200 OK') && said.includes('"ok"');

/** What the host itself is answered first; empty: nothing. */
async function toldHost(address: string, port: number): Promise<string> {
  const args = ['-e', ASK, address, String(port)];
  return (await world.lab.host.tryExec(process.execPath, args)).stdout;
}

/** Whether the prisoner gets a connection. */
async function reaches(target: string, port: number): Promise<boolean> {
  return (await shell(prisoner, `nc -w 2 ${target} ${port} < /dev/null`)).code === 0;
}

test('the server’s API is closed to sessions, by whatever address of the host', async () => {
  const gateway = (prisoner.address ?? '').replace(/\d+$/, '1');
  const addresses = [...HOST, gateway];
  for (const address of addresses) {
    // Control: the server does listen there.
    expect(isServer(await toldHost(address, PORT)), address).toBe(true);
    expect({ address, reached: await reaches(address, PORT) }).toEqual({ address, reached: false });
  }
  // Control: the same command reaches what it may reach, and the host where it is let.
  expect(await reaches(INTERNET, 80)).toBe(true);
  const params = { name: A.name };
  const open = (hostServices: string[]) =>
    world.agent.call('updateNetwork', { params, body: { destinations: { hostServices } } });
  await open([`tcp/${PORT}`]);
  expect(await reaches(gateway, PORT)).toBe(true);
  await open([]);
  expect(await reaches(gateway, PORT)).toBe(false);
});

test('no other session is reached, on its own network or on another', async () => {
  const others = [];
  for (const network of [A.name, B.name]) {
    const other = await world.session({ network, display: VNC, command: [...DISPLAY_COMMAND] });
    await world.untilReady(other.id);
    others.push(other);
  }
  for (const { address, network } of others) {
    // Control: the host, and so the agent, reaches its display.
    expect(await toldHost(address ?? '', 5901), network).toContain('RFB');
    expect({ network, reached: await reaches(address ?? '', 5901) }).toEqual({
      network,
      reached: false,
    });
  }
});

test('the agent and Docker are nowhere in it, and no wish brings them in', async () => {
  const { layout } = world.lab;
  const sockets = [layout.agentSocket, layout.dockerSocket, '/run/docker.sock', '/run/sallyport'];
  for (const path of sockets) {
    const { code } = await shell(prisoner, `test -e ${path}`);
    expect({ path, code }).toEqual({ path, code: 1 });
  }
  expect((await shell(prisoner, 'cat /proc/net/unix')).said).not.toContain('agent.sock');
  for (const source of [layout.agentSocket, layout.dockerSocket, layout.runDir, layout.dataDir]) {
    const wish = world.session({ id: randomUUID(), volumes: [{ source, target: '/out' }] });
    await expect(wish).rejects.toMatchObject({ code: 'session_refused' });
  }
});

const ATTEMPTS = [
  'ip link set lo mtu 1400',
  'ip route add 10.9.9.0/24 dev eth0',
  'ip address add 192.168.4.153/32 dev eth0',
  'mknod /tmp/disk b 8 0',
  'chroot / true',
  'hostname other',
  'mount -t tmpfs none /etc',
];

test('it is nobody on the host: no right, no new one, nothing of the kernel to write', async () => {
  const status = (await shell(prisoner, 'cat /proc/self/status')).said;
  expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
    expect(status).toMatch(new RegExp(`^${set}:\t0{16}$`, 'm'));
  }
  expect(status).toMatch(/^NoNewPrivs:\t1$/m);
  expect(status).toMatch(/^Seccomp:\t2$/m);
  const extra = ['--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN'];
  const free = await world.lab.runContainer({ name: 'free', network: A.name, extra });
  for (const attempt of ATTEMPTS) {
    const { code } = await shell(prisoner, attempt);
    // The control: with rights the same succeeds, so that it is the rights that were missing.
    const control = await free.exec('/bin/sh', ['-c', attempt]);
    expect({ attempt, failed: code !== 0, control: control.code }).toEqual({
      attempt,
      failed: true,
      control: 0,
    });
  }
  await free.remove();
  // It still lives and leaves, by its own address alone.
  const alive = await world.agent.call('verifySession', { params: { id: prisoner.id } });
  expect(alive).toMatchObject({ ok: true, observed: A.address });
});
