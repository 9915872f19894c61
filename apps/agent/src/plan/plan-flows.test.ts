import { describe, expect, it } from 'vitest';
import { guideSpec, SPEC_B } from '../../test/guide-host.ts';
import type { NatRule } from '../ports/host.ts';
import {
  flowsText,
  planFlows,
  planNatRules,
  touchesSubnet,
  translatesSubnet,
} from './plan-flows.ts';
import type { AddressWay, ResolvedNetwork } from './resolve.ts';

const WAY = { family: 'ipv4', kind: 'main', slot: 1 } as const;
const exitsOf = (way: AddressWay['way'], { egress } = guideSpec()): readonly AddressWay[] =>
  egress.ipv4.map((address) => ({ address, way, blocked: null }));
const resolved = (changes: Partial<ResolvedNetwork> = {}): ResolvedNetwork => ({
  spec: guideSpec(),
  exits: exitsOf(WAY),
  blocked: null,
  way6: null,
  blocked6: null,
  leases: [],
  candidates: [],
  draining: [],
  denied: { ipv4: [], ipv6: [] },
  conditions: [],
  ...changes,
});
const B = resolved({ spec: SPEC_B, exits: exitsOf(WAY, SPEC_B) });
const settledAs = (...networks: readonly ResolvedNetwork[]) =>
  new Map(networks.map((network) => [network.spec.id, flowsText(network)]));

describe('flows with a former address', () => {
  it('are ended at the start, when nothing is known about them', () => {
    expect(planFlows([resolved(), B], new Map())).toMatchObject([
      {
        kind: 'flows.end',
        network: null,
        args: {
          requests: [
            { subnet: '172.19.0.0/16', keep: ['192.168.4.153'] },
            { subnet: '172.20.0.0/16', keep: ['192.168.56.103'] },
          ],
        },
      },
    ]);
  });

  it('are left alone where nothing changed', () => {
    expect(planFlows([resolved(), B], settledAs(B, resolved()))).toEqual([]);
    expect(planFlows([], new Map())).toEqual([]);
  });

  it('are ended for the network that changed, and for no other', () => {
    const spec = guideSpec({ egress: '192.168.4.53' });
    const moved = resolved({ spec, exits: exitsOf(WAY, spec) });
    expect(planFlows([moved, B], settledAs(resolved(), B))).toMatchObject([
      { args: { requests: [{ subnet: '172.19.0.0/16', keep: ['192.168.4.53'] }] } },
    ]);
  });

  it('are looked for where the translation is mended, and in no other network', () => {
    const delta = { add: { snat4: ['172.20.0.0/16 : 192.168.56.103'] }, remove: {} };
    const mending = { kind: 'table.change', args: { delta }, network: null, why: 'x' } as const;
    const settled = settledAs(resolved(), B);
    expect(planFlows([resolved(), B], settled, [mending])).toMatchObject([
      { args: { requests: [{ subnet: '172.20.0.0/16', keep: ['192.168.56.103'] }] } },
    ]);
  });

  it('are all ended with their network, so that none waits for the next one with its subnet', () => {
    const deleted = resolved({ spec: guideSpec({ deleting: true }) });
    expect(planFlows([deleted], settledAs(resolved()))).toMatchObject([
      { args: { requests: [{ subnet: '172.19.0.0/16', keep: [] }] } },
    ]);
  });

  it('are all ended where nothing may leave any more', () => {
    const blocked = resolved({ exits: exitsOf(null) });
    expect(planFlows([blocked], settledAs(resolved()))).toMatchObject([
      { args: { requests: [{ subnet: '172.19.0.0/16', keep: [] }] } },
    ]);
    expect(planFlows([blocked], settledAs(blocked))).toEqual([]);
  });
});

const rule = (changes: Partial<NatRule> = {}): NatRule => ({
  spec: ['POSTROUTING', '-s', '172.19.0.0/16', '-j', 'SNAT', '--to-source', '192.168.4.153'],
  source: '172.19.0.0/16',
  notOut: null,
  target: 'SNAT',
  toSource: '192.168.4.153',
  ...changes,
});

describe('rules made by hand', () => {
  const adopted = resolved({ spec: guideSpec({ origin: 'adopted' }) });

  it('are removed for adopted networks, and only those for exactly their subnet', () => {
    const wider = rule({ source: '172.16.0.0/12' });
    const masquerade = rule({ target: 'MASQUERADE' });
    const steps = planNatRules([adopted, B], [wider, masquerade, rule(), rule({ source: null })]);
    expect(steps).toMatchObject([{ kind: 'nat-rule.remove', args: { rule: rule() } }]);
  });

  it('stay for networks that we made, and for those that are given back', () => {
    expect(planNatRules([resolved()], [rule()])).toEqual([]);
    const leaving = resolved({ spec: guideSpec({ origin: 'adopted', deleting: true }) });
    expect(planNatRules([leaving], [rule()])).toEqual([]);
  });

  it('touch a subnet where they overlap it, translate it only where they name it', () => {
    for (const source of ['172.19.0.0/16', '172.16.0.0/12', '172.19.4.0/24', '172.19.0.2', null])
      expect(touchesSubnet(rule({ source }), '172.19.0.0/16')).toBe(true);
    expect(touchesSubnet(rule({ source: '172.20.0.0/16' }), '172.19.0.0/16')).toBe(false);
    expect(translatesSubnet(rule(), '172.19.0.0/16')).toBe(true);
    expect(translatesSubnet(rule({ source: '172.19.0.0/24' }), '172.19.0.0/16')).toBe(false);
  });
});
