import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';

/** Starts the program as people do; gives its address, what it printed, and an end. */
async function start(stateDir: string, ...more: readonly string[]) {
  const main = join(import.meta.dirname, 'main.ts');
  const nobody = join(stateDir, 'no-agent.sock');
  const args = [main, 'run', '--state-dir', stateDir, '--listen', '127.0.0.1:0'];
  args.push('--agent-socket', nobody, ...more);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += String(chunk);
  });
  for await (const line of createInterface(child.stderr)) {
    const { msg, port } = JSON.parse(line) as { readonly msg: string; readonly port?: number };
    if (msg !== 'ready') continue;
    const stop = async (): Promise<unknown> => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      return (await ended)[0];
    };
    return { url: `http://127.0.0.1:${port}`, printed: () => printed, stop };
  }
  throw new Error('the server ended before it was ready');
}

test('the first start prints a password that works, the second none; the data stays', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'sallyport-server-'));
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }));
  const first = await start(stateDir);
  const password = /password (\S+)/.exec(first.printed())?.[1];
  const ready = await fetch(`${first.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok', agent: 'unreachable' }]);
  expect(await first.stop()).toBe(0);

  const second = await start(stateDir);
  expect(second.printed()).toBe('');
  const answer = await fetch(`${second.url}/api/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'admin', password }),
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const main = join(import.meta.dirname, 'main.ts');
  const recover = [main, 'recover', 'admin', '--state-dir', stateDir];
  // Two at once would not know of each other's locks.
  expect(spawnSync(process.execPath, recover, { encoding: 'utf8' }).status).toBe(4);
  expect(await second.stop()).toBe(0);
  const { status, stdout } = spawnSync(process.execPath, recover, { encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^The password of admin is \S{20}\n/);
}, 30_000);

test('metrics are told where they are asked for, and not beside the API', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'sallyport-server-'));
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }));
  const probe = createServer().listen({ host: '127.0.0.1', port: 0 });
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');

  const server = await start(stateDir, '--metrics', `127.0.0.1:${port}`);
  await fetch(`${server.url}/api/v1/users/somebody`);
  await fetch(`${server.url}/nowhere/at/all`);
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const seen = (route: string, status: number) =>
    `sallyport_server_request_seconds_count{method="GET",route="${route}",status="${status}"} 1\n`;
  expect(text).toContain(seen('/api/v1/users/:id', 401));
  // What strangers ask for is no label.
  expect(text).not.toContain('nowhere');
  expect(text).toContain('sallyport_server_agent_up 0\n');
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  expect(await server.stop()).toBe(0);
}, 30_000);
