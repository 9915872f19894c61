import { describe, expect, it } from 'vitest';
import { guideSpec } from '../../test/guide-host.ts';
import type { ResolvedNetwork } from '../plan/resolve.ts';
import { judgeForwarding } from './judge-forwarding.ts';

const WAY = {
  family: 'ipv4',
  kind: 'uplink',
  device: 'enp0s3',
  nextHop: { kind: 'via', gateway: '192.168.4.1' },
  slot: 1,
} as const;
const SPEC = guideSpec();
const NETWORK: ResolvedNetwork = {
  spec: SPEC,
  exits: SPEC.egress.ipv4.map((address) => ({ address, way: WAY, blocked: null })),
  blocked: null,
  way6: null,
  blocked6: null,
  leases: [],
  candidates: [],
  draining: [],
  denied: { ipv4: [], ipv6: [] },
  conditions: [],
};
const FLUSHED = { policy: 'DROP', jumps: [], mayAccept: false };
const DOCKERS = { policy: 'DROP', jumps: ['DOCKER-USER', 'DOCKER-FORWARD'], mayAccept: true };

describe('what the host’s iptables let through', () => {
  it.each([
    ['Docker’s rules are there', DOCKERS, []],
    ['nothing is dropped', { ...FLUSHED, policy: 'ACCEPT' }, []],
    ['there is no iptables', null, []],
    ['Docker has no chain, but drops', { ...DOCKERS, jumps: ['DOCKER-USER'] }, null],
  ])('is no matter where %s', (_, forward, dockerUser) => {
    expect(judgeForwarding(NETWORK, { forward, dockerUser })).toBe(NETWORK);
  });

  it('is nothing where the policy drops all', () => {
    const judged = judgeForwarding(NETWORK, { forward: FLUSHED, dockerUser: null });
    expect(judged.blocked).toMatchObject({ type: 'Forwarding', ok: false });
    expect(judged.blocked?.remedy).toContain('systemctl restart docker');
    expect(judged.exits.every(({ way }) => way === null)).toBe(true);
    expect(judged.conditions).toEqual([judged.blocked]);
  });

  it('may be nothing where other rules let something through', () => {
    const forward = { ...FLUSHED, mayAccept: true };
    const judged = judgeForwarding(NETWORK, { forward, dockerUser: null });
    expect(judged).toMatchObject({ blocked: null, exits: NETWORK.exits });
    expect(judged.conditions).toMatchObject([{ type: 'Forwarding', ok: false }]);
  });

  it('is what leaves, and no published port, where only the lead to us was put back', () => {
    const forward = { ...DOCKERS, jumps: ['DOCKER-USER'] };
    const judged = judgeForwarding(NETWORK, { forward, dockerUser: [] });
    expect(judged).toMatchObject({ blocked: null, exits: NETWORK.exits });
    expect(judged.conditions[0]?.message).toContain('published ports');
  });

  it('keeps what was in the way before', () => {
    const blocked = {
      type: 'AddressOnHost',
      ok: false,
      message: 'nobody has it',
      remedy: 'add it',
    };
    const judged = judgeForwarding({ ...NETWORK, blocked }, { forward: FLUSHED, dockerUser: null });
    expect(judged.blocked).toBe(blocked);
  });
});
