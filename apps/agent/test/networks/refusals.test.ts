import { describe, expect, it } from 'vitest';
import type { Surroundings } from '../../src/networks/refusals.ts';
import { dockerNetworkOf, guideLink, guideRoute, guideSpec } from '../guide-host.ts';
import { refusalOf } from '../refusal-of.ts';
import { create, leavingBy } from './sample-wishes.ts';

interface Case {
  readonly for: string;
  readonly wish?: object;
  readonly host?: Partial<Surroundings>;
  readonly code: string;
  readonly message: string;
}

describe('a wish to create', () => {
  it.each<Case>([
    {
      for: 'a name that we have',
      host: { specs: [guideSpec()] },
      code: 'network_exists',
      message: 'The network z_custom_a exists already.',
    },
    {
      for: 'a name that Docker has',
      host: { docker: [dockerNetworkOf(guideSpec(), { labels: {} })] },
      code: 'network_exists',
      message: 'Docker has a network z_custom_a that is not managed.',
    },
    {
      for: 'the name of an interface',
      wish: { name: 'enp0s3' },
      code: 'bridge_name_taken',
      message: 'The bridge of enp0s3 would be called enp0s3, and an interface of that name exists.',
    },
    {
      for: 'a bridge of another network',
      wish: { name: 'other' },
      host: { specs: [{ ...guideSpec(), bridge: guideSpec({ name: 'other' }).bridge }] },
      code: 'bridge_name_taken',
      message: 'The bridge of other would be called other, and an interface of that name exists.',
    },
    {
      for: 'a subnet of a network',
      wish: { subnet: '172.19.7.0/24' },
      host: { specs: [guideSpec({ name: 'a' })] },
      code: 'subnet_overlap',
      message: 'The subnet 172.19.7.0/24 overlaps 172.19.0.0/16, which is the network a.',
    },
    {
      for: 'a subnet of Docker',
      wish: { subnet: '172.16.0.0/12' },
      code: 'subnet_overlap',
      message:
        'The subnet 172.16.0.0/12 overlaps 172.17.0.0/16, which is the Docker network bridge.',
    },
    {
      for: 'a subnet of an interface',
      wish: { subnet: '192.168.56.0/25' },
      code: 'subnet_overlap',
      message:
        'The subnet 192.168.56.0/25 overlaps 192.168.56.0/24, which is the network of enp0s8.',
    },
    {
      for: 'a subnet of a route',
      wish: { subnet: '10.9.0.0/24' },
      host: { routes: [guideRoute('10.9.0.7/32', 'wg0')] },
      code: 'subnet_overlap',
      message:
        'The subnet 10.9.0.0/24 overlaps 10.9.0.7/32, which is a route of this host through wg0.',
    },
    {
      for: 'a pool that is taken',
      host: { routes: [guideRoute('10.208.0.0/12', 'wg0')] },
      code: 'pool_exhausted',
      message:
        'No /24 of the pool 10.208.0.0/12 (4096 in all) is free of networks and of routes of this host.',
    },
    {
      for: 'the address of a Docker bridge',
      wish: leavingBy('172.17.0.1'),
      code: 'egress_address_unusable',
      message:
        '172.17.0.1 can not be an egress address: it is the address of the Docker bridge docker0.',
    },
    {
      for: 'an address of a bond’s member',
      host: { links: [guideLink('eth9', ['192.168.4.153/24'], { master: 'bond0' })] },
      code: 'egress_address_unusable',
      message: '192.168.4.153 can not be an egress address: eth9 belongs to a bridge or bond.',
    },
    {
      for: 'a gateway elsewhere',
      wish: { gateway: '192.168.56.1' },
      code: 'gateway_unusable',
      message: 'The gateway 192.168.56.1 is in no prefix of enp0s3, which holds 192.168.4.153.',
    },
    {
      for: 'the host as its own gateway',
      wish: { gateway: '192.168.56.103', ...leavingBy('192.168.56.103') },
      code: 'gateway_unusable',
      message: 'The gateway 192.168.56.103 is in no prefix of enp0s8, which holds 192.168.56.103.',
    },
    {
      for: 'a gateway in mode main',
      wish: { gateway: '192.168.4.1', route: 'main' },
      code: 'gateway_unusable',
      message: 'A gateway (192.168.4.1) has no meaning with the route mode main.',
    },
  ])('is refused for $for, with a remedy', ({ wish, host, code, message }) => {
    const { remedy, ...said } = refusalOf(() => create(wish, host));
    expect(said).toEqual({ code, message });
    expect(remedy).not.toBe('');
  });
});
