import { beforeEach, describe, expect, it } from 'vitest';
import { routeText } from '../../src/plan/plan-routing.ts';
import type { Route, Routing, RoutingDelta, Rule } from '../../src/ports/routing.ts';

/** A host's routing, with what an administrator does to it. */
export interface RoutingBench {
  readonly routing: Routing;
  /** Makes an interface with a carrier and sets it up. */
  addLink(name: string): Promise<void>;
  addAddress(device: string, cidr: string): Promise<void>;
  removeAddress(device: string, cidr: string): Promise<void>;
  setAdmin(device: string, up: boolean): Promise<void>;
  /** A rule of somebody else, outside our range of priorities. */
  addForeignRule(): Promise<void>;
}

const NOTHING: RoutingDelta = { addRoutes: [], addRules: [], removeRules: [], removeRoutes: [] };

/** What everything that calls itself Routing does. @param make a new host, without interfaces but lo */
export function describeRouting(make: () => Promise<RoutingBench>): void {
  let bench: RoutingBench;
  let routing: Routing;
  const texts = async () => (await routing.observe()).routes.map(routeText).toSorted();
  const apply = (delta: Partial<RoutingDelta>) => routing.apply({ ...NOTHING, ...delta });

  describe('Routing', () => {
    beforeEach(async () => {
      bench = await make();
      ({ routing } = bench);
      await bench.addLink('up0');
      await bench.addAddress('up0', '192.168.4.53/22');
      await bench.addAddress('up0', '192.168.4.153/24');
    });

    it('reads interfaces, their addresses, and whether they are up', async () => {
      const link = (await routing.observe()).links.find(({ name }) => name === 'up0');
      expect(link).toMatchObject({ up: true, loopback: false, master: null, mtu: 1500 });
      expect(link?.addresses.filter(({ family }) => family === 'ipv4')).toEqual([
        { family: 'ipv4', address: '192.168.4.53', prefix: 22, scope: 'global', flags: [] },
        { family: 'ipv4', address: '192.168.4.153', prefix: 24, scope: 'global', flags: [] },
      ]);
      await bench.setAdmin('up0', false);
      expect((await routing.observe()).links.find(({ name }) => name === 'up0')?.up).toBe(false);
    });

    it('reads the connected routes, and none of the table local', async () => {
      await bench.addAddress('up0', '192.0.2.9/32');
      expect((await routing.observe()).routes.toSorted(byDestination)).toEqual([
        route({ destination: '192.168.4.0/22', device: 'up0', scope: 'link' }),
        route({ destination: '192.168.4.0/24', device: 'up0', scope: 'link' }),
      ]);
    });

    it('makes a way with its rules, and does not mind making it again', async () => {
      const before = await texts();
      const wanted = { addRoutes: WAY, addRules: RULES };
      await apply(wanted);
      await apply(wanted);
      const own = (await routing.observe()).routes.filter(({ table }) => table === 4101);
      expect(own.toSorted(byDestination)).toEqual(WAY.toSorted(byDestination));
      expect((await routing.observe()).rules).toEqual(RULES);
      const unwanted = { removeRoutes: WAY, removeRules: RULES };
      await apply(unwanted);
      await apply(unwanted);
      expect(await texts()).toEqual(before);
      expect((await routing.observe()).rules).toEqual([]);
    });

    it('does not see the rules of others', async () => {
      await bench.addForeignRule();
      expect((await routing.observe()).rules).toEqual([]);
    });

    it('puts a route by another gateway into the place of the old one', async () => {
      const [near, far] = [gatewayRoute('192.168.4.1'), gatewayRoute('192.168.4.2')];
      await apply({ addRoutes: [near] });
      await apply({ addRoutes: [far], removeRoutes: [near] });
      expect((await routing.observe()).routes.filter(({ table }) => table === 4101)).toEqual([far]);
    });

    it('spares a route by a gateway where the one without it is to go', async () => {
      const bare = route({ table: 4101, device: 'up0', scope: 'link' });
      await apply({ addRoutes: [bare] });
      await apply({ addRoutes: [gatewayRoute('192.168.4.1')], removeRoutes: [bare] });
      expect((await routing.observe()).routes.filter(({ table }) => table === 4101)).toEqual([
        gatewayRoute('192.168.4.1'),
      ]);
    });

    it('keeps two default routes of different metrics apart', async () => {
      const two = [gatewayRoute('192.168.4.1'), { ...gatewayRoute('192.168.4.2'), metric: 100 }];
      await apply({ addRoutes: two });
      expect((await routing.observe()).routes.filter(({ table }) => table === 4101)).toEqual(two);
    });

    it('reaches a gateway outside every prefix only where it is told that it is on the link', async () => {
      const outside = gatewayRoute('203.0.113.1');
      await expect(apply({ addRoutes: [outside] })).rejects.toMatchObject({ code: 'host_refused' });
      await apply({ addRoutes: [{ ...outside, onlink: true }] });
      expect(await texts()).toContain(routeText(outside));
    });

    it('does the rest where one line is refused, and tells the refusal', async () => {
      const lost = { ...gatewayRoute('192.168.4.1'), device: 'gone0' };
      const delta = { addRoutes: [lost, ...WAY], addRules: RULES };
      await expect(apply(delta)).rejects.toMatchObject({
        code: 'host_refused',
        message: expect.stringContaining('Cannot find device') as string,
      });
      expect((await routing.observe()).rules).toEqual(RULES);
      expect(await texts()).toEqual(expect.arrayContaining(WAY.map(routeText)));
    });

    it('refuses a route through an interface that is down', async () => {
      await bench.setAdmin('up0', false);
      await expect(apply({ addRoutes: [gatewayRoute('192.168.4.1')] })).rejects.toMatchObject({
        code: 'host_refused',
      });
    });

    it('loses with an address its connected route, but not what goes by a gateway', async () => {
      await apply({ addRoutes: [gatewayRoute('192.168.4.1')] });
      await bench.removeAddress('up0', '192.168.4.153/24');
      expect(await texts()).toEqual([
        '192.168.4.0/22 dev up0 table 254',
        'default via 192.168.4.1 dev up0 table 4101',
      ]);
    });

    it('loses with the first address of a prefix the later ones of that prefix', async () => {
      await bench.addAddress('up0', '192.168.4.154/24');
      await bench.removeAddress('up0', '192.168.4.153/24');
      const link = (await routing.observe()).links.find(({ name }) => name === 'up0');
      const held = link?.addresses.filter(({ family }) => family === 'ipv4');
      expect(held?.map(({ address }) => address)).toEqual(['192.168.4.53']);
    });

    it('loses with the last address all routes through the interface, but not unreachable ones', async () => {
      await apply({ addRoutes: WAY });
      await bench.removeAddress('up0', '192.168.4.153/24');
      await bench.removeAddress('up0', '192.168.4.53/22');
      expect(await texts()).toEqual(['unreachable default table 4101 metric 4294967295']);
    });

    it('loses the same when the interface goes down, and gets connected routes back alone', async () => {
      await apply({ addRoutes: WAY });
      await bench.setAdmin('up0', false);
      expect(await texts()).toEqual(['unreachable default table 4101 metric 4294967295']);
      await bench.setAdmin('up0', true);
      expect(await texts()).toEqual([
        '192.168.4.0/22 dev up0 table 254',
        '192.168.4.0/24 dev up0 table 254',
        'unreachable default table 4101 metric 4294967295',
      ]);
    });

    it('carries out 1,000 changes at once', async () => {
      const addRules = Array.from({ length: 500 }, (_, index) => from(prefixNumber(index)));
      const addRoutes = Array.from({ length: 500 }, (_, index) =>
        route({ table: 4102, destination: prefixNumber(index), device: 'up0', scope: 'link' }),
      );
      await apply({ addRules, addRoutes });
      expect((await routing.observe()).rules).toHaveLength(500);
      expect((await routing.observe()).routes.filter(({ table }) => table === 4102)).toHaveLength(
        500,
      );
    });
  });
}

function route(parts: Partial<Route>): Route {
  return {
    table: 254,
    type: 'unicast',
    destination: '0.0.0.0/0',
    device: null,
    gateway: null,
    metric: 0,
    scope: 'global',
    onlink: false,
    ...parts,
  };
}

function gatewayRoute(gateway: string): Route {
  return route({ table: 4101, device: 'up0', gateway });
}

const WAY: readonly Route[] = [
  route({ table: 4101, destination: '192.168.4.0/22', device: 'up0', scope: 'link' }),
  gatewayRoute('192.168.4.1'),
  route({ table: 4101, type: 'unreachable', metric: 2 ** 32 - 1 }),
];

function from(prefix: string): Rule {
  return {
    family: 'ipv4',
    priority: 4900,
    from: prefix,
    to: null,
    mark: null,
    action: { kind: 'unreachable' },
  };
}

const RULES: readonly Rule[] = [
  {
    family: 'ipv4',
    priority: 4000,
    from: null,
    to: '10.208.0.0/12',
    mark: null,
    action: { kind: 'lookup', table: 254, suppressPrefixLength: 0 },
  },
  {
    family: 'ipv4',
    priority: 4101,
    from: null,
    to: null,
    mark: { value: 0x01000000, mask: 0xff000000 },
    action: { kind: 'lookup', table: 4101, suppressPrefixLength: null },
  },
  from('10.208.0.0/12'),
];

function prefixNumber(index: number): string {
  return `10.${208 + Math.floor(index / 256)}.${index % 256}.0/24`;
}

function byDestination(a: Route, b: Route): number {
  return routeText(a) < routeText(b) ? -1 : 1;
}
