import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_SOCKET, readEnvironment } from './config.ts';

test('without a word of the environment', () => {
  expect(readEnvironment({})).toEqual({
    socket: DEFAULT_SOCKET,
    actor: userInfo().username,
    colour: true,
    server: undefined,
    apiKey: undefined,
    credentialsFile: join(homedir(), '.config/sallyport/credentials.json'),
    display: false,
    dockerHost: undefined,
  });
});

test.each([
  [{ SALLYPORT_AGENT_SOCKET: '/tmp/a.sock' }, { socket: '/tmp/a.sock' }],
  [{ SALLYPORT_AGENT_SOCKET: '' }, { socket: DEFAULT_SOCKET }],
  [{ SUDO_USER: 'alice' }, { actor: 'alice' }],
  [{ NO_COLOR: '1' }, { colour: false }],
  // no-color.org: an empty value is as good as none.
  [{ NO_COLOR: '' }, { colour: true }],
  [{ TERM: 'dumb' }, { colour: false }],
  [{ SALLYPORT_SERVER: 'https://desk.example' }, { server: 'https://desk.example' }],
  [{ SALLYPORT_API_KEY: '' }, { apiKey: undefined }],
  [{ HOME: '/home/anna' }, { credentialsFile: '/home/anna/.config/sallyport/credentials.json' }],
  [{ XDG_CONFIG_HOME: '/cfg' }, { credentialsFile: '/cfg/sallyport/credentials.json' }],
  // XDG base directories: relative paths are invalid and to be ignored.
  [
    { XDG_CONFIG_HOME: 'cfg', HOME: '/h' },
    { credentialsFile: '/h/.config/sallyport/credentials.json' },
  ],
  [{ WAYLAND_DISPLAY: 'wayland-0' }, { display: true }],
])('%j gives %j', (variables, wanted) => {
  expect(readEnvironment(variables)).toMatchObject(wanted);
});
