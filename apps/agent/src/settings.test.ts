import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Setting } from '@sallyport/contract/settings';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../test/temporary.ts';
import { readConfig } from './config.ts';
import { tellSettings } from './settings.ts';

const FILE = `
socket: /file.sock
stateDir: /file
dns: [9.9.9.9]
pool: { prefix: 10.32.0.0/16, size: 26 }
flows: { days: 7 }
metrics: { listen: '[::1]:9464' }
sessions: { maxCores: 4, allowedCapabilities: [CAP_NET_RAW] }
`;

async function settingsOf(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) {
  const path = join(await temporaryDirectory(), 'agent.yaml');
  await writeFile(path, FILE);
  const settings = tellSettings(readConfig(['--config', path, ...args], environment));
  const find = (name: string): Setting | undefined => settings.find((one) => one.name === name);
  return { path, settings, find };
}

test('each setting names who has set it last', async () => {
  const { path, find } = await settingsOf(['--state-dir', '/flag'], {
    SALLYPORT_STATE_DIR: '/variable',
    SALLYPORT_AGENT_SOCKET: '/variable.sock',
    DOCKER_HOST: '',
  });
  expect(find('stateDir')).toMatchObject({
    value: '/flag',
    source: 'flag',
    where: '--state-dir',
  });
  expect(find('socket')).toMatchObject({
    value: '/variable.sock',
    source: 'environment',
    where: 'SALLYPORT_AGENT_SOCKET',
  });
  expect(find('dns')).toMatchObject({ value: ['9.9.9.9'], source: 'file', where: path });
  expect(find('dockerHost')).toMatchObject({ source: 'default', where: '' });
});

test('what the file leaves out beside something else is not of the file', async () => {
  const { path, find } = await settingsOf([]);
  expect(find('flows.days')).toMatchObject({ value: 7, source: 'file', where: path });
  expect(find('flows.megabytes')).toMatchObject({ value: 256, source: 'default', where: '' });
  expect(find('sessions.maxCores')).toMatchObject({ value: 4, source: 'file' });
  expect(find('sessions.maxPids')).toMatchObject({ value: null, source: 'default' });
  expect(find('metrics.listen')).toMatchObject({ value: '[::1]:9464', source: 'file' });
});

test('every key of the configuration is told', async () => {
  const { settings } = await settingsOf([]);
  const told = new Set(settings.map(({ name }) => name.split('.')[0]));
  const { given: _given, ...config } = readConfig(['--config', '/dev/null'], {});
  expect(told).toEqual(new Set([...Object.keys(config), 'events']));
});
