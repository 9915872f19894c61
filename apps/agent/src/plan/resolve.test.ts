import { describe, expect, it } from 'vitest';
import {
  DOCKER0,
  GUIDE_LINKS,
  GUIDE_ROUTES,
  guideLink,
  guideRoute,
  guideSpec,
  SPEC_B,
} from '../../test/guide-host.ts';
import type { Link } from '../ports/routing.ts';
import type { HostFacts } from './find-way.ts';
import { resolve } from './resolve.ts';

const HOST: HostFacts = { links: GUIDE_LINKS, routes: GUIDE_ROUTES, docker: [DOCKER0] };

function resolveOne(spec = guideSpec(), host: Partial<HostFacts> = {}) {
  const [network] = resolve([spec], { ...HOST, ...host }, []).networks;
  if (network === undefined) throw new Error('one network in, none out');
  return network;
}

describe('resolve', () => {
  it('finds the uplink by its address and the gateway by its default route', () => {
    expect(resolveOne().exits[0]?.way).toEqual({
      family: 'ipv4',
      kind: 'uplink',
      device: 'enp0s3',
      nextHop: { kind: 'via', gateway: '192.168.4.1' },
      slot: 1,
    });
  });

  it('takes the gateway that was given', () => {
    expect(resolveOne(SPEC_B).exits[0]?.way).toMatchObject({
      device: 'enp0s8',
      nextHop: { gateway: '192.168.56.1' },
    });
  });

  it('opens on-link only, and says so, where no gateway is known', () => {
    const network = resolveOne(guideSpec({ egress: '192.168.56.103' }));
    expect(network.exits[0]?.way).toMatchObject({ device: 'enp0s8', nextHop: { kind: 'none' } });
    expect(network.blocked).toBeNull();
    expect(network.conditions).toMatchObject([{ type: 'Gateway', ok: false }]);
    expect(network.conditions[0]?.remedy).toContain('--gateway');
  });

  it('prefers a gateway within the prefix of the egress address', () => {
    const routes = [guideRoute('0.0.0.0/0', 'enp0s3', '192.168.7.254'), ...GUIDE_ROUTES];
    expect(resolveOne(guideSpec(), { routes }).exits[0]?.way).toMatchObject({
      nextHop: { gateway: '192.168.4.1' },
    });
  });

  it('leaves straight onto a link whose default route has no gateway', () => {
    const links = [...GUIDE_LINKS, guideLink('ppp0', ['10.9.0.2/32'])];
    const routes = [...GUIDE_ROUTES, guideRoute('0.0.0.0/0', 'ppp0')];
    expect(
      resolveOne(guideSpec({ egress: '10.9.0.2' }), { links, routes }).exits[0]?.way,
    ).toMatchObject({
      device: 'ppp0',
      nextHop: { kind: 'link' },
    });
  });

  it.each<[string, Parameters<typeof guideSpec>[0], readonly Link[], RegExp]>([
    [
      'an absent address',
      { egress: '192.168.4.99' },
      GUIDE_LINKS,
      /no interface of this host has .*192\.168\.4\.99/,
    ],
    ['loopback', { egress: '127.0.0.1' }, GUIDE_LINKS, /loopback/],
    ['a Docker bridge', { egress: '172.17.0.1' }, GUIDE_LINKS, /Docker bridge docker0/],
    [
      'a link that is down',
      {},
      GUIDE_LINKS.map((link) => ({ ...link, up: false })),
      /enp0s3 is down/,
    ],
    ['a gateway elsewhere', { gateway: '192.168.56.1' }, GUIDE_LINKS, /in no prefix of enp0s3/],
    [
      'a member of a bridge',
      {},
      GUIDE_LINKS.map((link) => ({ ...link, master: 'br0' })),
      /belongs to a bridge/,
    ],
  ])('blocks on %s', (...[, changes, links, reason]) => {
    const network = resolveOne(guideSpec(changes), { links });
    expect(network.exits[0]?.way).toBeNull();
    expect(network.blocked?.message).toMatch(reason);
    expect(network.blocked?.remedy).not.toBe('');
  });

  describe('the given gateway of a pool on two uplinks', () => {
    const [own, other] = [guideSpec().egress.ipv4[0], SPEC_B.egress.ipv4[0]];
    if (own === undefined || other === undefined) throw new Error('the guide has two addresses');
    const pool = (gateway: string) => ({
      ...guideSpec({ gateway }),
      egress: { ipv4: [own, other], ipv6: [] },
    });

    it('is for the uplink that reaches it; the other has a router of its own', () => {
      const { exits } = resolveOne(pool('192.168.56.7'));
      expect(exits.map(({ way }) => way)).toMatchObject([
        { device: 'enp0s3', nextHop: { gateway: '192.168.4.1' } },
        { device: 'enp0s8', nextHop: { gateway: '192.168.56.7' } },
      ]);
    });

    it('stops all of it, and is told, where no uplink reaches it', () => {
      const network = resolveOne(pool('10.9.0.1'));
      expect(network.exits.map(({ way }) => way)).toEqual([null, null]);
      expect(network.blocked).toMatchObject({ type: 'Gateway', ok: false });
      expect(network.blocked?.message).toContain('10.9.0.1');
    });

    it('stops no fallback that it is not for', () => {
      const spec = { ...guideSpec({ gateway: '192.168.4.9' }), fallback: [other] };
      const links = GUIDE_LINKS.filter(({ name }) => name !== 'enp0s3');
      const [exit] = resolveOne(spec, { links }).exits;
      expect(exit).toMatchObject({ address: other, way: { device: 'enp0s8' } });
    });

    it('stops nobody else where it went with the address that is missing', () => {
      const links = GUIDE_LINKS.filter(({ name }) => name !== 'enp0s8');
      const { exits } = resolveOne(pool('192.168.56.7'), { links });
      expect(exits[0]?.way).toMatchObject({ device: 'enp0s3' });
      expect(exits[1]?.way).toBeNull();
    });
  });

  it('gives every uplink a way for replies, and one way for all networks of the mode main', () => {
    const { ways } = resolve(
      [
        guideSpec({ route: 'main' }),
        guideSpec({ name: 'other', subnet: '172.21.0.0/16', route: 'main' }),
      ],
      HOST,
      [],
    );
    expect(ways.map(({ kind, slot }) => `${slot} ${kind}`)).toEqual([
      '1 main',
      '2 uplink',
      '3 uplink',
    ]);
  });

  it('keeps the slot of a way from before, and does not give it away while others are free', () => {
    const known = [
      { slot: 7, key: 'enp0s8|192.168.56.1' },
      { slot: 1, key: 'gone|' },
    ];
    const { networks, slots } = resolve([SPEC_B], HOST, known);
    expect(networks[0]?.exits[0]?.way?.slot).toBe(7);
    expect(slots).toContainEqual({ slot: 1, key: 'gone|' });
  });
});
