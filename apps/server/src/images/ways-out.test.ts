import { imageCreateSchema } from '@sallyport/contract/server/images';
import { parseNetworkName } from '@sallyport/core/network-name';
import { expect, test } from 'vitest';
import { networkNamed } from '../../test/fake-agent.ts';
import { waysOut } from './ways-out.ts';

const NETWORKS = new Map([
  ['a', networkNamed('a')],
  ['b', networkNamed('b')],
  ['own', networkNamed('own', { assign: 'per-container' })],
  ['off', networkNamed('off', { state: 'Blocked', reason: 'No cable.', remedy: 'Plug it in.' })],
]);

function ask(
  {
    names = [],
    choose = false,
    egressMode = 'network',
  }: {
    readonly names?: readonly string[];
    readonly choose?: boolean;
    readonly egressMode?: 'network' | 'own' | 'choice';
  },
  world: {
    readonly fallback?: string;
    readonly allowed?: readonly string[];
    readonly egress?: 'network' | 'own';
  } = {},
) {
  const image = imageCreateSchema.parse({
    name: 'x',
    dockerImage: 'x',
    restrictToNetwork: names.length > 0,
    networks: names.map(parseNetworkName),
    allowNetworkSelection: choose,
    egressMode,
  });
  const { fallback = null, allowed = null, egress = null } = world;
  const place = { networks: NETWORKS, defaultNetwork: fallback, allowedNetworks: allowed };
  return waysOut(image, { ...place, egress });
}

test('the first that is ready is taken, and the first says why where none is', () => {
  expect(ask({ names: ['off', 'b', 'a'] })).toMatchObject({ chosen: 'b', obstacle: null });
  const none = ask({ names: ['off', 'gone'] });
  expect(none).toMatchObject({ chosen: 'off', obstacle: { code: 'network_not_ready' } });
  expect(none.obstacle?.reason).toContain('No cable. Plug it in.');
  expect(ask({ names: ['gone'] }).obstacle?.code).toBe('network_not_ready');
});

test('without a restriction it is the default network, and nothing where there is none', () => {
  expect(ask({}, { fallback: 'b' })).toMatchObject({ names: ['b'], chosen: 'b', obstacle: null });
  expect(ask({})).toMatchObject({ chosen: null, obstacle: { code: 'no_default_network' } });
});

test('the groups take networks away, never add any', () => {
  expect(ask({ names: ['a', 'b'] }, { allowed: ['b', 'off'] }).names).toEqual(['b']);
  expect(ask({ names: ['a'] }, { allowed: ['b'] })).toMatchObject({
    chosen: null,
    obstacle: { code: 'network_not_allowed' },
  });
});

test('a choice is among the networks of the image, or among all without a restriction', () => {
  expect(ask({ names: ['a', 'b'] }).mayChoose).toBe(false);
  expect(ask({ names: ['a', 'b'], choose: true })).toMatchObject({ mayChoose: true });
  expect(ask({ names: ['a'], choose: true }).mayChoose).toBe(false);
  expect(ask({ choose: true }, { fallback: 'b' }).names).toEqual(['b', 'a', 'off', 'own']);
});

test('an address of its own is only where each container has one', () => {
  const own = ask({ names: ['a', 'own'], egressMode: 'own' });
  expect(own).toMatchObject({ names: ['own'], chosen: 'own', obstacle: null });
  const none = ask({ names: ['a', 'b'], egressMode: 'own' });
  expect(none).toMatchObject({ chosen: null, obstacle: { code: 'network_not_ready' } });
  expect(none.obstacle?.reason).toContain('sallyport network update a --assign per-container');
  expect(ask({ names: ['gone'], egressMode: 'own' }).names).toEqual(['gone']);
});

test('where people may choose, their choice decides between the networks', () => {
  const image = { names: ['a', 'own'], egressMode: 'choice' } as const;
  expect(ask(image).names).toEqual(['a', 'own']);
  expect(ask(image, { egress: 'own' }).chosen).toBe('own');
  expect(ask(image, { egress: 'network' }).chosen).toBe('a');
  const alone = ask({ names: ['own'], egressMode: 'choice' }, { egress: 'network' });
  expect(alone.obstacle?.reason).toContain('choose that');
});
