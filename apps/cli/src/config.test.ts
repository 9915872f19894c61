import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { DEFAULT_SOCKET, readEnvironment } from './config.ts';

test('without a word of the environment', () => {
  expect(readEnvironment({})).toEqual({
    socket: DEFAULT_SOCKET,
    actor: userInfo().username,
    colour: true,
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
])('%j gives %j', (variables, wanted) => {
  expect(readEnvironment(variables)).toMatchObject(wanted);
});
