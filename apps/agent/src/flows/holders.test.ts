import { expect, test } from 'vitest';
import type { RunningContainer } from '../ports/containers.ts';
import { Holders } from './holders.ts';

const ADDRESS = '172.19.0.2';

function running(id: string, ipv4 = ADDRESS): RunningContainer {
  const endpoint = { networkId: 'n', networkName: 'n', endpointId: `${id}-1`, ipv4, ipv6: '' };
  return { id, name: `name-${id}`, networkMode: 'n', endpoints: [endpoint], labels: {} };
}

test('an address belongs to who had it then', () => {
  const holders = new Holders();
  holders.update([running('a')], 10_000);
  holders.update([], 20_000);
  holders.update([running('b')], 30_000);
  expect(holders.at(ADDRESS, 15_000)?.id).toBe('a');
  expect(holders.at(ADDRESS, 40_000)?.id).toBe('b');
  expect(holders.at(ADDRESS, 22_000)).toBeNull();
  expect(holders.at('172.19.0.3', 15_000)).toBeNull();
});

test('a container that sends before Docker tells of it', () => {
  const holders = new Holders();
  holders.update([running('a')], 10_000);
  expect(holders.at(ADDRESS, 9_900)?.id).toBe('a');
  expect(holders.at(ADDRESS, 1_000)).toBeNull();
});

test('one that is gone for long is forgotten', () => {
  const holders = new Holders();
  holders.update([running('a')], 0);
  holders.update([], 1_000);
  holders.update([], 2_000_000);
  expect(holders.at(ADDRESS, 500)).toBeNull();
});
