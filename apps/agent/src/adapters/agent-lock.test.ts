import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '../../test/temporary.ts';
import { acquireAgentLock } from './agent-lock.ts';

const held = (directory: string): string => {
  try {
    acquireAgentLock(directory).release();
    return 'free';
  } catch (error) {
    return `${(error as { readonly code?: string }).code}: ${(error as Error).message}`;
  }
};

async function onlyFile(directory: string): Promise<string> {
  const names = await readdir(directory);
  expect(names).toHaveLength(1);
  return join(directory, names[0] ?? '');
}

test('one at a time, and free again after its release', async () => {
  const directory = await temporaryDirectory();
  const first = acquireAgentLock(directory);
  expect(held(directory)).toBe(
    `agent_running: An agent runs already in this network namespace (process ${process.pid}).`,
  );
  first.release();
  expect(held(directory)).toBe('free');
});

test('only its owner can open the file', async () => {
  const directory = await temporaryDirectory();
  acquireAgentLock(directory).release();
  expect((await stat(await onlyFile(directory))).mode & 0o777).toBe(0o600);
});

test('a process that is killed leaves no lock behind', async () => {
  const directory = await temporaryDirectory();
  const program = `
    const { acquireAgentLock } = await import(${JSON.stringify(join(import.meta.dirname, 'agent-lock.ts'))});
    acquireAgentLock(${JSON.stringify(directory)});
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  expect(held(directory)).toContain(`(process ${child.pid})`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await readFile(await onlyFile(directory), 'utf8')).toBe(`${child.pid}\n`);
  expect(held(directory)).toBe('free');
});

test('whoever shares the network namespace can not take it by a socket of its own', async () => {
  const directory = await temporaryDirectory();
  const squatter = createServer();
  squatter.listen('\0sallyport/agent');
  await once(squatter, 'listening');
  onTestFinished(() => void squatter.close());
  expect(held(directory)).toBe('free');
});
