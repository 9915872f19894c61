import { describe, expect, it } from 'vitest';
import { createNetworkReader } from './docker-networks.ts';

const answer = (name: string, id = `id-of-${name}`) => ({
  Id: id,
  Name: name,
  Driver: 'bridge',
  Scope: 'local',
  Internal: false,
  EnableIPv6: false,
  IPAM: { Config: [{ Subnet: '10.208.0.0/24', Gateway: '10.208.0.1' }] },
  Options: {},
  Labels: {},
});

describe('the list of networks', () => {
  it('is the same object in whatever order Docker tells it', () => {
    const read = createNetworkReader();
    const first = read([answer('b'), answer('a')]);
    expect(first.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(read([answer('a'), answer('b')])).toBe(first);
  });

  it('is another one where a network has come, gone, or been made anew', () => {
    const read = createNetworkReader();
    const lists = [
      [answer('a')],
      [answer('a'), answer('b')],
      [answer('b')],
      [answer('b', 'another')],
    ].map(read);
    expect(new Set(lists).size).toBe(4);
    expect(lists.map((list) => list.map(({ id }) => id))).toEqual([
      ['id-of-a'],
      ['id-of-a', 'id-of-b'],
      ['id-of-b'],
      ['another'],
    ]);
  });

  it('is read anew once a network was away', () => {
    const read = createNetworkReader();
    const [before] = read([answer('a')]);
    read([]);
    expect(read([answer('a')])[0]).not.toBe(before);
  });

  it('must be a list', () => {
    expect(() => createNetworkReader()({ message: 'no' })).toThrow('expected array');
  });
});
