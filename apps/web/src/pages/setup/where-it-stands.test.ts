import type { NetworkView } from '@sallyport/contract/network';
import type { Launchable } from '@sallyport/contract/server/images';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { expect, test } from 'vitest';
import { isNotSetUp, type Present, whereItStands } from './where-it-stands.ts';

const NOTHING: Present = { networks: [], images: [], sessions: [] };

const networkIn = (state: NetworkView['state'], name = 'z_custom_a') =>
  ({ name, state }) as NetworkView;
const image = (more: Partial<Launchable> = {}) =>
  ({ id: 'one', name: 'Desktop', ready: true, network: 'z_custom_a', ...more }) as Launchable;
const session = (state: SessionView['state'], more: Partial<SessionView> = {}) =>
  ({
    id: 's',
    imageId: 'one',
    network: 'z_custom_a',
    verified: null,
    state,
    ...more,
  }) as SessionView;
const SEEN = { verified: { address: '192.168.4.153', at: 1, ok: true } };

const networks = [networkIn('Ready')];
const images = [image()];

test.each([
  ['nothing is there', NOTHING, 'address'],
  ['a network lets nothing out', { ...NOTHING, networks: [networkIn('Blocked')] }, 'network'],
  ['a network is ready', { ...NOTHING, networks }, 'image'],
  ['no image can be started', { ...NOTHING, networks, images: [image({ ready: false })] }, 'image'],
  ['an image can be started', { ...NOTHING, networks, images }, 'session'],
  ['a session is starting', { networks, images, sessions: [session('starting')] }, 'session'],
  ['a session has failed', { networks, images, sessions: [session('failed')] }, 'session'],
  ['one is not verified', { networks, images, sessions: [session('running')] }, 'session'],
  ['one is verified', { networks, images, sessions: [session('running', SEEN)] }, 'verified'],
] as const)('where %s, the step follows', (_what, present, step) => {
  expect(whereItStands(present).step).toBe(step);
});

test('a session that was deleted is not gone on with', () => {
  const sessions = [session('deleted'), session('deleting')];
  expect(whereItStands({ networks, images, sessions })).toMatchObject({
    step: 'session',
    session: null,
  });
});

test('a verified session shows its own network, also where another one is blocked', () => {
  const present = {
    networks: [networkIn('Blocked', 'other'), ...networks],
    images: [image({ id: 'two', network: 'other' })],
    sessions: [session('failed', { imageId: 'two' }), session('running', SEEN)],
  };
  expect(whereItStands(present)).toMatchObject({
    step: 'verified',
    network: { name: 'z_custom_a' },
    session: { state: 'running' },
  });
});

test('the network of a session that has been blocked meanwhile comes first', () => {
  const sessions = [session('running', SEEN)];
  expect(whereItStands({ networks: [networkIn('Blocked')], images, sessions }).step).toBe(
    'network',
  );
});

test('the steps are offered where no image has a network, and not where nobody knows', () => {
  const choice = { name: 'z_custom_a', egress: ['192.168.4.153'] };
  const gone = { name: 'z_custom_a', egress: [] };
  const withChoices = (...networkChoices: readonly object[]) =>
    image({ networkChoices: networkChoices as Launchable['networkChoices'] });
  expect(isNotSetUp([])).toBe(true);
  expect(isNotSetUp([withChoices(gone)])).toBe(true);
  expect(isNotSetUp([withChoices(choice)])).toBe(false);
  expect(isNotSetUp([withChoices(gone), withChoices(choice)])).toBe(false);
  expect(isNotSetUp([withChoices()])).toBe(false);
});
