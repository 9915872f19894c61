import { imageCreateSchema } from '@sallyport/contract/server/images';
import { parseNetworkName } from '@sallyport/core/network-name';
import { expect, test } from 'vitest';
import { networkNamed } from '../../test/fake-agent.ts';
import { waysOut } from './ways-out.ts';

const NETWORKS = new Map([
  ['a', networkNamed('a')],
  ['b', networkNamed('b')],
  ['off', networkNamed('off', { state: 'Blocked', reason: 'No cable.', remedy: 'Plug it in.' })],
]);

function ask(
  { names = [], choose = false }: { readonly names?: readonly string[]; readonly choose?: boolean },
  world: { readonly fallback?: string; readonly allowed?: readonly string[] } = {},
) {
  const image = imageCreateSchema.parse({
    name: 'x',
    dockerImage: 'x',
    restrictToNetwork: names.length > 0,
    networks: names.map(parseNetworkName),
    allowNetworkSelection: choose,
  });
  const { fallback = null, allowed = null } = world;
  return waysOut(image, { networks: NETWORKS, defaultNetwork: fallback, allowedNetworks: allowed });
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
  expect(ask({ choose: true }, { fallback: 'b' }).names).toEqual(['b', 'a', 'off']);
});
