import { describe, expect, it } from 'vitest';
import { DOCKER0, GUIDE_LINKS, guideLink, guideRoute } from '../../test/guide-host.ts';
import { addressObstacle, classifyLinks, nextHopsOf } from './uplinks.ts';

describe('what links are for', () => {
  const links = [
    ...GUIDE_LINKS,
    guideLink('z_custom_a', ['172.19.0.1/16']),
    guideLink('br-0123456789ab', ['172.21.0.1/16']),
    guideLink('mybridge', ['172.22.0.1/16']),
    guideLink('veth1a2b3c4', [], { master: 'docker0' }),
    guideLink('eth9', ['192.0.2.9/24'], { master: 'bond0' }),
    guideLink('ppp0', []),
  ];
  const docker = [DOCKER0, { ...DOCKER0, name: 'mine', bridge: 'mybridge' }];
  const { roleOf, uplinks } = classifyLinks(links, docker, new Set(['z_custom_a']));

  it('is told by name, by Docker, and by whose members they are', () => {
    expect(Object.fromEntries(links.map((link) => [link.name, roleOf(link)]))).toEqual({
      lo: 'loopback',
      enp0s3: 'uplink',
      enp0s8: 'uplink',
      docker0: 'docker-bridge',
      z_custom_a: 'docker-bridge',
      'br-0123456789ab': 'docker-bridge',
      mybridge: 'docker-bridge',
      veth1a2b3c4: 'container',
      eth9: 'container',
      ppp0: 'uplink',
    });
  });

  it('is no way out without an IPv4 address', () => {
    expect(uplinks.map(({ name }) => name)).toEqual(['enp0s3', 'enp0s8']);
  });
});

describe('what keeps an address from being an egress address', () => {
  const obstacle = (
    role: Parameters<typeof addressObstacle>[1],
    changes: object = {},
    up = true,
  ) => {
    const link = guideLink('eth0', ['192.0.2.1/24'], { up });
    const [address] = link.addresses;
    if (address === undefined) throw new Error('no address');
    return addressObstacle(link, role, { ...address, ...changes });
  };

  it('is nothing on an uplink, with a scope of site or a deprecated flag too', () => {
    expect(obstacle('uplink')).toBe('');
    expect(obstacle('uplink', { scope: 'site' })).toBe('');
    expect(obstacle('uplink', { flags: ['deprecated'] })).toBe('');
  });

  it.each([
    { role: 'loopback', why: 'it is on the loopback interface' },
    { role: 'docker-bridge', why: 'it is the address of the Docker bridge eth0' },
    { role: 'container', why: 'eth0 belongs to a bridge or bond' },
    { role: 'uplink', changes: { scope: 'link' }, why: 'its scope is link' },
    {
      role: 'uplink',
      changes: { flags: ['tentative'] },
      why: 'the kernel marks it as tentative',
    },
    {
      role: 'uplink',
      changes: { family: 'ipv6', scope: 'link' },
      why: 'its scope is link',
    },
    { role: 'uplink', up: false, why: 'eth0 is down' },
  ] as const)('$why', ({ role, why, ...rest }) => {
    expect(obstacle(role, 'changes' in rest ? rest.changes : {}, !('up' in rest))).toBe(why);
  });
});

it('an interface whose name would end a name of nft is no uplink', () => {
  const odd = guideLink('a", "b', ['192.0.2.9/24']);
  const { uplinks, roleOf } = classifyLinks([odd], [], new Set());
  expect(uplinks).toEqual([]);
  expect(odd.addresses.map((held) => addressObstacle(odd, roleOf(odd), held)).join()).toContain(
    'means something else in nftables',
  );
});

describe('next hops', () => {
  const hop = (gateway: string | null, changes: object = {}) => ({
    ...guideRoute('0.0.0.0/0', 'eth0', gateway),
    ...changes,
  });

  it('are those of default routes, best metric first, each once', () => {
    const routes = [
      hop('192.0.2.3', { metric: 300 }),
      hop('192.0.2.1', { metric: 100 }),
      hop('192.0.2.1', { metric: 200 }),
      hop(null, { metric: 400 }),
      hop('192.0.2.2', { table: 7, metric: 150 }),
    ];
    expect(nextHopsOf('ipv4', 'eth0', routes)).toEqual([
      { kind: 'via', gateway: '192.0.2.1' },
      { kind: 'via', gateway: '192.0.2.2' },
      { kind: 'via', gateway: '192.0.2.3' },
      { kind: 'link' },
    ]);
  });

  it('are not those of our own tables, of other links or of other kinds', () => {
    const routes = [
      hop('192.0.2.1', { table: 4101 }),
      hop('192.0.2.1', { table: 4350 }),
      hop('192.0.2.1', { device: 'eth1' }),
      hop(null, { type: 'unreachable' }),
      { ...hop('192.0.2.1'), destination: '10.0.0.0/8' },
    ];
    expect(nextHopsOf('ipv4', 'eth0', routes)).toEqual([]);
  });
});
