import { networkAdoptSchema, networkUpdateSchema } from '@sallyport/contract/network';
import { parseNetworkName } from '@sallyport/core/network-name';
import { describe, expect, it } from 'vitest';
import type { Surroundings } from '../../src/networks/refusals.ts';
import { wishToAdopt, wishToUpdate } from '../../src/networks/wishes.ts';
import {
  DOCKER0,
  dockerNetworkOf,
  GUIDE_LINKS,
  GUIDE_ROUTES,
  guideLink,
  guideRoute,
  guideSpec,
  SPEC_B,
} from '../guide-host.ts';
import { refusalOf } from '../refusal-of.ts';
import { create, DEFAULTS, EGRESS, HOST, leavingBy } from './sample-wishes.ts';

describe('a wish to create', () => {
  it('makes a network with a subnet of the pool and the agent’s defaults', () => {
    expect(create({}, {}, { ...DEFAULTS, dns: SPEC_B.egress.ipv4 })).toEqual({
      ...guideSpec({ subnet: '10.208.0.0/24' }),
      id: 'new-id',
      createdAt: 7,
      dns: ['192.168.56.103'],
    });
  });

  it('takes the next subnet that neither networks, Docker, addresses nor routes have', () => {
    const spec = create(
      {},
      {
        specs: [guideSpec({ name: 'a', subnet: '10.208.0.0/24' })],
        docker: [DOCKER0, { ...DOCKER0, name: 'b', subnets: ['10.208.1.0/24'] }],
        links: [...GUIDE_LINKS, guideLink('wg0', ['10.208.2.1/24'])],
        routes: [...GUIDE_ROUTES, guideRoute('10.208.3.128/25', 'enp0s8', '192.168.56.1')],
      },
    );
    expect(spec.subnet).toBe('10.208.4.0/24');
  });

  it('does not mind what our own tables hold, default routes and unreachable ones', () => {
    const routes = [
      ...GUIDE_ROUTES,
      { ...guideRoute('10.208.0.0/16', 'enp0s3'), table: 4101 },
      { ...guideRoute('10.208.0.0/16', 'enp0s3'), type: 'unreachable' as const },
    ];
    expect(create({}, { routes }).subnet).toBe('10.208.0.0/24');
  });

  it('accepts an address that is not there yet, and one whose interface is down', () => {
    const links = [guideLink('enp0s3', ['192.168.4.153/24'], { up: false })];
    expect(create({}, { links }).egress.ipv4).toEqual(['192.168.4.153']);
    expect(create(leavingBy('203.0.113.9')).egress.ipv4).toEqual(['203.0.113.9']);
  });
});

describe('a wish to update', () => {
  const update = (wish: object, spec = guideSpec(), host: Partial<Surroundings> = {}) =>
    wishToUpdate(spec, networkUpdateSchema.parse(wish), { ...HOST, specs: [spec], ...host });

  it('changes what it names and leaves the rest', () => {
    const spec = { ...SPEC_B, dns: guideSpec().egress.ipv4 };
    expect(update({ dns: [] }, spec)).toEqual({ ...spec, dns: [] });
    expect(update({ gateway: null }, spec)).toEqual({ ...spec, gateway: null });
    expect(update(leavingBy('192.168.4.53'))).toEqual(guideSpec({ egress: '192.168.4.53' }));
  });

  it('gives the gateway up with the mode main', () => {
    expect(update({ route: 'main' }, SPEC_B)).toEqual({ ...SPEC_B, route: 'main', gateway: null });
  });

  it('is refused where the gateway that stays belongs to another uplink', () => {
    expect(refusalOf(() => update(leavingBy('192.168.4.53'), SPEC_B)).code).toBe(
      'gateway_unusable',
    );
    expect(refusalOf(() => update({ gateway: '192.168.4.1', route: 'main' })).code).toBe(
      'gateway_unusable',
    );
  });

  it('is refused for an address of its own bridge', () => {
    const links = [...GUIDE_LINKS, guideLink('z_custom_a', ['172.19.0.1/16'])];
    const refusal = refusalOf(() => update(leavingBy('172.19.0.1'), guideSpec(), { links }));
    expect(refusal.code).toBe('egress_address_unusable');
  });
});

interface Case {
  readonly for: string;
  readonly docker: Surroundings['docker'];
  readonly host?: Partial<Surroundings>;
  readonly code: string;
}

describe('a wish to adopt', () => {
  const HAND_MADE = dockerNetworkOf(guideSpec(), { labels: {}, bridge: 'br-0123456789ab' });
  const adopt = (docker: Surroundings['docker'], host: Partial<Surroundings> = {}, wish = {}) =>
    wishToAdopt(
      {
        ...networkAdoptSchema.parse({ egress: EGRESS, ...wish }),
        name: parseNetworkName('z_custom_a'),
      },
      { ...HOST, ...host, docker: [DOCKER0, ...docker] },
      DEFAULTS,
    );

  it('takes bridge and subnet from Docker', () => {
    expect(adopt([HAND_MADE])).toMatchObject({
      id: 'new-id',
      bridge: 'br-0123456789ab',
      subnet: '172.19.0.0/16',
      origin: 'adopted',
    });
  });

  it.each<Case>([
    {
      for: 'one that we have',
      docker: [HAND_MADE],
      host: { specs: [guideSpec()] },
      code: 'network_exists',
    },
    { for: 'one that Docker does not have', docker: [], code: 'network_not_found' },
    { for: 'one of another agent', docker: [dockerNetworkOf(guideSpec())], code: 'not_adoptable' },
    {
      for: 'one that is internal',
      docker: [{ ...HAND_MADE, internal: true }],
      code: 'not_adoptable',
    },
    { for: 'another driver', docker: [{ ...HAND_MADE, driver: 'macvlan' }], code: 'not_adoptable' },
    {
      for: 'two subnets',
      docker: [{ ...HAND_MADE, subnets: ['10.0.0.0/24', '10.1.0.0/24'] }],
      code: 'not_adoptable',
    },
    {
      for: 'a wildcard for a bridge',
      docker: [{ ...HAND_MADE, bridge: 'eth*' }],
      code: 'not_adoptable',
    },
    {
      for: 'a bridge that ends a rule',
      docker: [{ ...HAND_MADE, bridge: 'a" }' }],
      code: 'not_adoptable',
    },
    { for: 'no subnet', docker: [{ ...HAND_MADE, subnets: [] }], code: 'not_adoptable' },
  ])('is refused for $for', ({ docker, host, code }) => {
    const refusal = refusalOf(() => adopt(docker, host));
    expect(refusal.code).toBe(code);
    expect(refusal.remedy).not.toBe('');
  });

  it('is refused for an egress that can never work', () => {
    const wish = leavingBy('172.17.0.1');
    expect(refusalOf(() => adopt([HAND_MADE], {}, wish)).code).toBe('egress_address_unusable');
  });
});
