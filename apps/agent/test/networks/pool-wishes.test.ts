import { networkUpdateSchema } from '@sallyport/contract/network';
import { describe, expect, it } from 'vitest';
import { wishToUpdate } from '../../src/networks/wishes.ts';
import { guideSpec } from '../guide-host.ts';
import { refusalOf } from '../refusal-of.ts';
import { create, HOST } from './sample-wishes.ts';

const POOL = ['192.168.4.53', '192.168.4.153', '192.168.56.103'];
const egress = { ipv4: POOL };

describe('a wish for a pool', () => {
  it('is kept in the order in which it was given', () => {
    expect(create({ egress }).egress.ipv4).toEqual(POOL);
  });

  it('is refused for a subnet that is larger than a bridge can fill', () => {
    const subnet = '172.19.0.0/16';
    expect(refusalOf(() => create({ egress, subnet })).code).toBe('subnet_too_large');
    expect(create({ subnet }).subnet).toBe(subnet);
    const wish = networkUpdateSchema.parse({ egress });
    const surroundings = { ...HOST, specs: [guideSpec()] };
    expect(refusalOf(() => wishToUpdate(guideSpec(), wish, surroundings)).code).toBe(
      'subnet_too_large',
    );
  });

  it('takes a router of any of its uplinks, and of no other', () => {
    expect(create({ egress, gateway: '192.168.56.1' }).gateway).toBe('192.168.56.1');
    expect(refusalOf(() => create({ egress, gateway: '203.0.113.1' })).code).toBe(
      'gateway_unusable',
    );
  });
});
