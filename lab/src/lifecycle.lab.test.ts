import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { openLab, upLab } from './lab.ts';
import { planLayout } from './layout.ts';
import { inNamespace } from './network/namespaces.ts';
import { run, tryRun } from './process/run.ts';
import { ensureLabGone, observeLabNames, observeLeftovers } from './teardown.ts';

const name = `lab-life-${String(process.pid)}`;
const layout = planLayout(name);
const main = join(import.meta.dirname, 'main.ts');
afterAll(async () => {
  await ensureLabGone(layout);
});

function startUp(): ChildProcess {
  return spawn(process.execPath, [main, 'up', '--name', name], { stdio: 'ignore' });
}

async function untilSomethingIsThere(): Promise<void> {
  await expect
    .poll(() => observeLeftovers(layout), { interval: 5, timeout: 10_000 })
    .not.toEqual([]);
}

test('killed at any moment of its start, it is cleaned by the next one', {
  timeout: 120_000,
}, async () => {
  for (const delay of [0, 60, 150, 300, 600]) {
    const child = startUp();
    const ended = once(child, 'exit');
    await untilSomethingIsThere();
    await sleep(delay);
    child.kill('SIGKILL');
    await ended;
    // The control: there was something to clean.
    expect({ delay, left: await observeLeftovers(layout) }).not.toEqual({ delay, left: [] });
    const lab = await upLab({ name });
    const container = await lab.runContainer({ name: 'again' });
    expect((await container.traffic('first')).ok).toBe(true);
    await lab.down();
    expect({ delay, left: await observeLeftovers(layout) }).toEqual({ delay, left: [] });
  }
});

test('Ctrl-C while it starts leaves nothing', { timeout: 60_000 }, async () => {
  for (const delay of [0, 50, 150]) {
    await ensureLabGone(layout);
    const child = startUp();
    const ended = once(child, 'exit');
    await untilSomethingIsThere();
    await sleep(delay);
    child.kill('SIGINT');
    const [code] = (await ended) as [number | null];
    expect({ delay, code }).not.toEqual({ delay, code: 0 });
    expect({ delay, left: await observeLeftovers(layout) }).toEqual({ delay, left: [] });
  }
});

test('the commands: up, status, exec, down, and nothing is left', { timeout: 60_000 }, async () => {
  const lab = (...args: readonly string[]) => tryRun(process.execPath, [main, ...args]);
  const up = await lab('up', '--name', name);
  expect(up.stdout).toContain(`lab -- exec --name ${name} host --`);
  // A second `up` finds it and says so; it does not start anew.
  const before = (await openLab(name)).daemon.process;
  expect((await lab('up', '--name', name)).code).toBe(0);
  expect((await openLab(name)).daemon.process).toEqual(before);

  const status = JSON.parse((await lab('status', '--json')).stdout) as {
    name: string;
    state: string;
  }[];
  expect(status).toContainEqual(expect.objectContaining({ name, state: 'up' }));

  // Whatever somebody has started in it ends with it: a container, a process in a namespace.
  await run('docker', [
    '-H',
    `unix://${layout.dockerSocket}`,
    'run',
    '-d',
    '--network',
    'host',
    'sallyport-lab/probe',
  ]);
  const exec = await lab('exec', '--name', name, 'host', '--', 'sh', '-c', 'docker ps -q; exit 7');
  expect(exec.stdout.trim()).toMatch(/^[0-9a-f]{12}$/);
  expect(exec.code).toBe(7);
  const [nsenter, args] = inNamespace(layout.wanNamespace, 'sleep', ['600']);
  const stray = spawn(nsenter, args, { detached: true, stdio: 'ignore' });
  await once(stray, 'spawn');
  expect((await observeLeftovers(layout)).length).toBeGreaterThan(10);

  expect((await lab('down', '--name', name)).code).toBe(0);
  expect(await observeLeftovers(layout)).toEqual([]);
  expect(await observeLabNames()).not.toContain(name);
  expect(stray.exitCode ?? stray.signalCode).toBe('SIGKILL');
  expect((await lab('down', '--name', name)).code).toBe(0);
  expect((await lab('exec', '--name', name, 'host', '--', 'true')).stderr).toContain('no lab');
});

test('a paused container is no hindrance', { timeout: 60_000 }, async () => {
  const lab = await upLab({ name, capture: false });
  await lab.runContainer({ name: 'frozen' });
  await lab.docker(['pause', 'frozen']);
  await ensureLabGone(layout);
  expect(await observeLeftovers(layout)).toEqual([]);
});
