import { describe, expect, it } from 'vitest';
import { findAdoptable } from '../../src/networks/adoptable.ts';
import type { NatRule } from '../../src/ports/host.ts';
import { DOCKER0, dockerNetworkOf, guideSpec, SPEC_B } from '../guide-host.ts';

const HAND_MADE = dockerNetworkOf(guideSpec(), { labels: {} });
const RULE: NatRule = {
  spec: ['POSTROUTING', '-s', '172.19.0.0/16', '!', '-o', 'z_custom_a', '-j', 'SNAT'],
  source: '172.19.0.0/16',
  notOut: 'z_custom_a',
  target: 'SNAT',
  toSource: '192.168.4.153',
};

describe('networks that could be adopted', () => {
  it('are bridges that nobody manages, with the address of their rule', () => {
    expect(findAdoptable([DOCKER0, HAND_MADE, dockerNetworkOf(SPEC_B)], [SPEC_B], [RULE])).toEqual([
      {
        name: 'z_custom_a',
        subnet: '172.19.0.0/16',
        bridge: 'z_custom_a',
        egressIp: '192.168.4.153',
        rules: ['iptables -t nat -A POSTROUTING -s 172.19.0.0/16 ! -o z_custom_a -j SNAT'],
        obstacle: null,
      },
    ]);
  });

  it('are shown with what is in the way', () => {
    const obstacles = [
      dockerNetworkOf(guideSpec()),
      { ...HAND_MADE, internal: true },
      { ...HAND_MADE, subnets: [] },
      { ...HAND_MADE, bridge: 'a,b' },
    ].map((network) => findAdoptable([network], [], [RULE])[0]?.obstacle);
    expect(obstacles).toEqual([
      'another agent made it, or an earlier state of this one',
      'it is internal: nothing leaves it at all',
      'it has 0 IPv4 subnets instead of one',
      'the name of its bridge, "a,b", means something else in nftables',
    ]);
  });

  it('are none of Docker’s own, of other drivers, or ours already', () => {
    const others = [
      DOCKER0,
      { ...DOCKER0, name: 'host', driver: 'host' },
      { ...HAND_MADE, name: 'swarm', driver: 'overlay' },
      HAND_MADE,
    ];
    expect(findAdoptable(others, [guideSpec()], [])).toEqual([]);
  });

  it('have no address where the rule is wider than their subnet, or masquerades', () => {
    const rules = [
      { ...RULE, source: '172.16.0.0/12' },
      { ...RULE, target: 'MASQUERADE', toSource: null },
    ];
    expect(findAdoptable([HAND_MADE], [], rules)).toMatchObject([{ egressIp: null, rules: [] }]);
  });
});
