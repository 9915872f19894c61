import type { NetworkSpec } from '@sallyport/core/network';
import { parseIpv4 } from '@sallyport/core/ipv4';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/reconcile/judge.ts';
import { planFlows } from '../../src/plan/plan-flows.ts';
import { structureKey } from '../../src/plan/plan-table.ts';
import { renderTable } from '../../src/plan/render-table.ts';
import { resolve } from '../../src/plan/resolve.ts';
import {
  DOCKER0,
  dockerNetworkOf,
  GUIDE_LINKS,
  GUIDE_ROUTES,
  guideLink,
  guideSpec,
} from '../guide-host.ts';

const HOST = { links: GUIDE_LINKS, routes: GUIDE_ROUTES, docker: [DOCKER0] };
/** Two addresses on enp0s3, one on enp0s8. */
const POOL = ['192.168.4.53', '192.168.4.153', '192.168.56.103'];

function pooled(pool: readonly string[], changes: Partial<NetworkSpec> = {}): NetworkSpec {
  const spec = guideSpec({ subnet: '10.208.0.0/29' });
  return { ...spec, egress: { ipv4: pool.map(parseIpv4), ipv6: [] }, ...changes };
}

const resolved = (spec: NetworkSpec, host = HOST) => resolve([spec], host, []);
const tableOf = (spec: NetworkSpec, host = HOST) => renderTable(resolved(spec, host));
const without = (address: string) => ({
  ...HOST,
  links: GUIDE_LINKS.map((link) => ({
    ...link,
    addresses: link.addresses.filter((held) => held.address !== address),
  })),
});

describe('the table of a pool', () => {
  it('has each container by its own address, interface and way', () => {
    const { sets } = tableOf(pooled(POOL));
    expect(sets['snat4_each']?.elements.slice(1, 5)).toEqual([
      '10.208.0.1 : 192.168.4.153',
      '10.208.0.2 : 192.168.56.103',
      '10.208.0.3 : 192.168.4.53',
      '10.208.0.4 : 192.168.4.153',
    ]);
    expect(sets['egress4_each']?.elements).toContain('10.208.0.2 . "enp0s8" . 192.168.56.103');
    expect(sets['egress4_each']?.elements).toContain('10.208.0.3 . "enp0s3" . 192.168.4.53');
    expect(sets['egress4_each']?.elements).toHaveLength(8);
    const ways = sets['ways_each']?.elements ?? [];
    expect(ways.find((one) => one.includes('10.208.0.2'))).not.toBe(
      ways.find((one) => one.includes('10.208.0.3'))?.replace('.3', '.2'),
    );
    for (const name of ['snat4', 'egress4', 'ways']) expect(sets[name]?.elements).toEqual([]);
  });

  it('has one way for all containers where all addresses have the same', () => {
    const { sets } = tableOf(pooled(POOL.slice(0, 2)));
    expect(sets['ways']?.elements).toHaveLength(1);
    expect(sets['ways_each']?.elements).toEqual([]);
  });

  it('has the same rules as any other', () => {
    expect(structureKey(tableOf(pooled(POOL)))).toBe(
      structureKey(tableOf(pooled(POOL.slice(0, 1)))),
    );
  });

  it('allows the containers of a missing address nothing, and does not move them to another', () => {
    const before = tableOf(pooled(POOL));
    const after = tableOf(pooled(POOL), without('192.168.4.53'));
    expect(after.sets['snat4_each']).toEqual(before.sets['snat4_each']);
    const allowed = after.sets['egress4_each']?.elements ?? [];
    expect(allowed).toHaveLength(5);
    expect(allowed.join()).not.toContain('192.168.4.53');
  });

  it('in mode main is allowed by address alone', () => {
    const { sets } = tableOf(pooled(POOL, { route: 'main' }));
    expect(sets['egress4_each']?.elements).toEqual([]);
    expect(sets['egress4_each_main']?.elements).toContain('10.208.0.2 . 192.168.56.103');
  });
});

describe('flows of a pool', () => {
  it('are kept by container and address', () => {
    const { networks } = resolved(pooled(POOL), without('192.168.4.53'));
    const [step] = planFlows(networks, new Map());
    if (step?.kind !== 'flows.end') throw new Error('no flows are ended at the start');
    const [request] = step.args.requests;
    expect(request?.keep).toEqual([]);
    expect(request?.keepEach?.get('10.208.0.2')).toBe('192.168.56.103');
    expect(request?.keepEach?.get('10.208.0.3')).toBeUndefined();
  });
});

describe('how a pool stands', () => {
  const judged = (host = HOST) => {
    // A router of enp0s8; the addresses on enp0s3 find theirs in the routes.
    const spec = pooled(POOL, { gateway: parseIpv4('192.168.56.1') });
    const [network] = resolved(spec, host).networks;
    if (network === undefined) throw new Error('no network');
    const actual = {
      ...host,
      links: [...host.links, guideLink(spec.bridge, [])],
      rules: [],
      table: null,
      docker: { networks: [dockerNetworkOf(spec)], error: null },
      sysctls: {},
      dockerUser: null,
      forward: null,
      natRules: [],
      shapes: [],
    };
    return judge(network, { actual, failures: [], remaining: [] });
  };

  it('is ready by all its uplinks', () => {
    expect(judged()).toMatchObject({
      state: 'Ready',
      uplink: 'enp0s3, enp0s8',
      nextHop: '192.168.4.1, 192.168.56.1',
      remedy: '',
    });
  });

  it('is ready with a condition that names the address that is missing', () => {
    const status = judged(without('192.168.4.53'));
    expect(status.state).toBe('Ready');
    expect(status.reason).toContain('but no interface of this host has the egress address');
    expect(status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'AddressOnHost',
        ok: false,
        message: expect.stringContaining('192.168.4.53') as string,
      }),
    );
  });

  it('is blocked when none is left', () => {
    expect(judged({ ...HOST, links: GUIDE_LINKS.slice(0, 1) }).state).toBe('Blocked');
  });
});
