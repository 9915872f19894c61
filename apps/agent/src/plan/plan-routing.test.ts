import { parseCidr4 } from '@sallyport/core/cidr4';
import { parseIpv6 } from '@sallyport/core/ipv6';
import { parsePrefix } from '@sallyport/core/prefix';
import { describe, expect, it } from 'vitest';
import {
  DOCKER0,
  GUIDE_LINKS,
  GUIDE_ROUTES,
  guideRoute,
  guideSpec,
  SPEC_B,
} from '../../test/guide-host.ts';
import type { NetworkSpec } from '@sallyport/core/network';
import type { Link, Route } from '../ports/routing.ts';
import { desiredRouting } from './desired-routing.ts';
import {
  compareRouting,
  planClosing,
  planOpening,
  planTidying,
  routeText,
  ruleText,
} from './plan-routing.ts';
import { resolve } from './resolve.ts';

const IPV6 = {
  family: 'ipv6',
  address: '2001:db8:4::53',
  prefix: 64,
  scope: 'global',
  flags: [],
} as const;
const POOL = parseCidr4('10.208.0.0/12');

function routingOf(
  specs: readonly NetworkSpec[],
  routes: readonly Route[] = GUIDE_ROUTES,
  links: readonly Link[] = GUIDE_LINKS,
) {
  const { ways } = resolve(specs, { links, routes, docker: [DOCKER0] }, []);
  return desiredRouting({
    ways,
    subnets: specs.flatMap(({ subnet, subnet6 }) =>
      subnet6 === null ? [subnet] : [subnet, subnet6],
    ),
    managedBridges: new Set(specs.map(({ bridge }) => bridge)),
    pools: { ipv4: POOL, ipv6: 'fd73:616c:6c79::/48' },
    routes,
  });
}

describe('two families', () => {
  const links = GUIDE_LINKS.map((link) =>
    link.name === 'enp0s3' ? { ...link, addresses: [...link.addresses, IPV6] } : link,
  );
  const routes = [
    ...GUIDE_ROUTES,
    { ...guideRoute('2001:db8:4::/64', 'enp0s3', null), metric: 256, scope: 'global' },
    { ...guideRoute('::/0', 'enp0s3', '2001:db8:4::1'), metric: 1024 },
  ];
  const dualStack: NetworkSpec = {
    ...guideSpec({ subnet: '10.208.0.0/24' }),
    subnet6: parsePrefix('fd73:616c:6c79::/64'),
    egress: { ipv4: guideSpec().egress.ipv4, ipv6: [parseIpv6('2001:db8:4::53')] },
  };

  it('have rules, ways and tables of their own', () => {
    const routing = routingOf([dualStack], routes, links);
    expect(routing.rules.map(ruleText).filter((text) => text.startsWith('ipv6'))).toEqual([
      'ipv6 4000: from all to fd73:616c:6c79::/48 lookup 254 suppress_prefixlength 0',
      'ipv6 4102: from all fwmark 0x2000000/0xff000000 lookup 4102',
      'ipv6 4900: from fd73:616c:6c79::/48 unreachable',
    ]);
    const own = routing.routes.filter(({ table }) => table === 4102).map(routeText);
    expect(own).toEqual([
      '2001:db8:4::/64 dev enp0s3 table 4102 metric 256',
      '::/0 via 2001:db8:4::1 dev enp0s3 table 4102 metric 1024',
      'unreachable ::/0 table 4102 metric 4294967295',
    ]);
  });

  it('are closed in the other family too while that has no egress', () => {
    const closed = { ...dualStack, egress: { ...dualStack.egress, ipv6: [] } };
    const { rules } = routingOf([closed], routes, links);
    expect(rules.map(ruleText)).toContain('ipv6 4900: from fd73:616c:6c79::/48 unreachable');
  });

  it('are not mixed: without a subnet of IPv6 nothing of it is touched', () => {
    const routing = routingOf([guideSpec()], routes, links);
    expect(routing.rules.filter(({ family }) => family === 'ipv6')).toEqual([]);
    expect(routing.routes.filter(({ destination }) => destination.includes(':'))).toEqual([]);
  });
});

describe('desiredRouting', () => {
  it('copies one route for each prefix and metric, however many next hops it has', () => {
    const hops = ['192.168.4.2', '192.168.4.3'].map((gateway) =>
      guideRoute('10.8.0.0/16', 'enp0s3', gateway),
    );
    const worse = { ...guideRoute('10.8.0.0/16', 'enp0s3', '192.168.4.4'), metric: 7 };
    const { routes } = routingOf([guideSpec()], [...GUIDE_ROUTES, ...hops, worse]);
    expect(routes.map(routeText).filter((text) => text.startsWith('10.8.'))).toEqual([
      '10.8.0.0/16 via 192.168.4.2 dev enp0s3 table 4101',
      '10.8.0.0/16 via 192.168.4.4 dev enp0s3 table 4101 metric 7',
    ]);
  });

  it('is what the guide needs', () => {
    const { rules, routes } = routingOf([guideSpec(), SPEC_B]);
    expect(rules.map(ruleText)).toEqual([
      '4000: from all to 10.208.0.0/12 lookup 254 suppress_prefixlength 0',
      '4000: from all to 172.19.0.0/16 lookup 254 suppress_prefixlength 0',
      '4000: from all to 172.20.0.0/16 lookup 254 suppress_prefixlength 0',
      '4101: from all fwmark 0x1000000/0xff000000 lookup 4101',
      '4102: from all fwmark 0x2000000/0xff000000 lookup 4102',
      '4103: from all fwmark 0x3000000/0xff000000 lookup 4103',
      '4900: from 10.208.0.0/12 unreachable',
      '4900: from 172.19.0.0/16 unreachable',
      '4900: from 172.20.0.0/16 unreachable',
    ]);
    expect(routes.map(routeText)).toEqual([
      '192.168.4.0/22 dev enp0s3 table 4101',
      '192.168.4.0/24 dev enp0s3 table 4101',
      'default via 192.168.4.1 dev enp0s3 table 4101',
      'unreachable default table 4101 metric 4294967295',
      '192.168.56.0/24 dev enp0s8 table 4102',
      'default via 192.168.56.1 dev enp0s8 table 4102',
      'unreachable default table 4102 metric 4294967295',
      '192.168.56.0/24 dev enp0s8 table 4103',
      'unreachable default table 4103 metric 4294967295',
    ]);
  });

  it('has as many rules for many networks of the pool as for one', () => {
    const specs = Array.from({ length: 200 }, (_, index) =>
      guideSpec({ name: `n${index}`, subnet: `10.208.${index}.0/24` }),
    );
    expect(routingOf(specs).rules).toHaveLength(routingOf(specs.slice(0, 1)).rules.length);
  });

  it('leaves out what the host itself routes within the pool, so that it is not cut off', () => {
    const routes = [...GUIDE_ROUTES, guideRoute('10.208.0.0/13', 'enp0s3')];
    const closing = routingOf([guideSpec({ subnet: '10.220.0.0/24' })], routes).rules.filter(
      ({ priority }) => priority === 4900,
    );
    expect(closing.map(({ from }) => from)).toEqual(['10.216.0.0/13']);
  });

  it('closes a subnet by itself where a wider route of the host covers the whole pool', () => {
    const routes = [...GUIDE_ROUTES, guideRoute('10.0.0.0/8', 'enp0s3', '192.168.4.2')];
    const closing = routingOf([guideSpec({ subnet: '10.220.0.0/24' })], routes).rules.filter(
      ({ priority }) => priority === 4900,
    );
    expect(closing.map(({ from }) => from)).toEqual(['10.220.0.0/24']);
  });

  it('is nothing without networks', () => {
    expect(routingOf([])).toEqual({ rules: [], routes: [] });
  });
});

describe('compareRouting', () => {
  const desired = routingOf([guideSpec()]);

  it('plans nothing when all is there', () => {
    const difference = compareRouting(desired, desired);
    expect([
      ...planOpening(difference),
      ...planClosing(difference),
      ...planTidying(difference),
    ]).toEqual([]);
  });

  it('opens ways before it closes, and tidies what is ours and not wanted', () => {
    const stray = { ...guideRoute('10.1.0.0/16', 'enp0s8'), table: 4150 };
    const difference = compareRouting(desired, { rules: [], routes: [...GUIDE_ROUTES, stray] });
    const kinds = (steps: ReturnType<typeof planOpening>) =>
      steps.flatMap((step) =>
        step.kind === 'routing.change' ? step.args.addRules.map(({ priority }) => priority) : [],
      );
    expect(kinds(planOpening(difference)).every((priority) => priority < 4900)).toBe(true);
    expect(kinds(planClosing(difference)).every((priority) => priority === 4900)).toBe(true);
    expect(planTidying(difference)[0]?.why).toBe(
      'route not needed: 10.1.0.0/16 dev enp0s8 table 4150',
    );
  });

  it('never touches routes outside its own tables', () => {
    const difference = compareRouting(
      { rules: [], routes: [] },
      { rules: [], routes: GUIDE_ROUTES },
    );
    expect(difference.removeRoutes).toEqual([]);
  });
});
