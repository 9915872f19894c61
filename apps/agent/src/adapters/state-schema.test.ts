import { describe, expect, it } from 'vitest';
import { guideSpec } from '../../test/guide-host.ts';
import { parseState } from './state-schema.ts';

const LEASE = {
  network: guideSpec().id,
  container: { id: 'c0ffee', name: 'alpha' },
  inside: '172.19.0.2',
  address: '192.168.4.153',
  since: 1,
  gone: null,
};
const STATE = { networks: [guideSpec()], leases: [LEASE], ways: [{ slot: 1, key: 'main' }] };
const withNetwork = (changes: object) => ({
  ...STATE,
  networks: [{ ...guideSpec(), ...changes }],
});

describe('the stored networks', () => {
  it('are read as they are', () => {
    expect(parseState(JSON.parse(JSON.stringify(STATE)), 'state.json')).toEqual(STATE);
  });

  it('are read from before there were leases', () => {
    const { leases: _, ...old } = STATE;
    expect(parseState(JSON.parse(JSON.stringify(old)), 'state.json').leases).toEqual([]);
  });

  it.each<[unknown, string]>([
    [null, ''],
    [{ networks: [] }, 'ways'],
    [{ ...STATE, more: 1 }, ''],
    [{ ...STATE, ways: [{ slot: 0, key: 'main' }] }, 'ways.0.slot'],
    [withNetwork({ subnet: '172.19.0.1/16' }), 'networks.0.subnet'],
    [withNetwork({ subnet: '172.19.0.0' }), 'networks.0.subnet'],
    [withNetwork({ name: '-x' }), 'networks.0.name'],
    [withNetwork({ egress: { ipv4: ['1.2.3'], ipv6: [] } }), 'networks.0.egress.ipv4.0'],
    [withNetwork({ assign: 'alone' }), 'networks.0.assign'],
    [{ ...STATE, leases: [{ ...LEASE, inside: '172.19.0' }] }, 'leases.0.inside'],
    [withNetwork({ gateway: undefined }), 'networks.0.gateway'],
    [withNetwork({ route: 'somewhere' }), 'networks.0.route'],
    [withNetwork({ deleting: 'no' }), 'networks.0.deleting'],
    [withNetwork({ egress: { ipv4: [], ipv6: [] } }), 'networks.0.egress.ipv4'],
  ])('are refused with the place, case %#: $1', (value, place) => {
    expect(() => parseState(value, 'state.json')).toThrow(
      `state.json holds something else than networks: ${place}`,
    );
  });
});
