import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { missingForSessions } from './welcome.ts';

test.each([
  ['', ['dns', 'echo']],
  ['dns: [9.9.9.9]\n', ['echo']],
  ['# echo: later\nnetworks:\n  dns: [9.9.9.9]\n', ['dns', 'echo']],
  ['echo:\n  - https://echo.example/ip\ndns: [9.9.9.9]\n', []],
])('%j lacks %j for sessions', async (text, wanted) => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-welcome-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'agent.yaml');
  await writeFile(file, text);
  expect(await missingForSessions(file)).toEqual(wanted);
  expect(await missingForSessions(join(folder, 'none.yaml'))).toEqual(['dns', 'echo']);
});
