import type { NetworkSpec } from '@sallyport/core/network';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBootLoader } from '../../src/adapters/boot-loader.ts';
import { createIpCli } from '../../src/adapters/ip-cli.ts';
import { createNftCli } from '../../src/adapters/nft-cli.ts';
import { desiredRouting } from '../../src/plan/desired-routing.ts';
import { compareRouting, ruleText } from '../../src/plan/plan-routing.ts';
import { planTable, structureKey } from '../../src/plan/plan-table.ts';
import { renderTable } from '../../src/plan/render-table.ts';
import { resolve } from '../../src/plan/resolve.ts';
import {
  createThrowAwayNamespace,
  type ThrowAwayNamespace,
} from '../contract/throw-away-namespace.ts';
import { DOCKER0, GUIDE_LINKS, GUIDE_ROUTES, guideSpec, SPEC_B } from '../guide-host.ts';

/* What the planner wants must be what nft and ip list afterwards, or the agent would never be done. */

const MANY = Array.from({ length: 1_000 }, (_, index) =>
  guideSpec({
    name: `net${index}`,
    subnet: `10.${208 + Math.floor(index / 256)}.${index % 256}.0/24`,
    egress: index % 2 === 0 ? '192.168.4.153' : '192.168.56.103',
    ...(index % 5 === 0 ? { route: 'main' } : {}),
  }),
);
const SMALL = guideSpec({ name: 'small', subnet: '10.9.0.8/29' });
const BLOCKED = guideSpec({ name: 'blocked', subnet: '10.9.1.0/24', egress: '192.168.4.99' });

let namespace: ThrowAwayNamespace;
beforeEach(async () => {
  namespace = await createThrowAwayNamespace();
  const { ip } = namespace;
  for (const [name, ...addresses] of [
    ['enp0s3', '192.168.4.53/22', '192.168.4.153/24'],
    ['enp0s8', '192.168.56.103/24'],
  ] as const) {
    await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', `far-${name}`);
    for (const end of [name, `far-${name}`]) await ip('link', 'set', end, 'up');
    for (const address of addresses) await ip('address', 'add', address, 'dev', name);
  }
  await ip('route', 'add', 'default', 'via', '192.168.4.1');
});
afterEach(() => namespace.remove());

function desiredOf(specs: readonly NetworkSpec[]) {
  const host = { links: GUIDE_LINKS, routes: GUIDE_ROUTES, docker: [DOCKER0] };
  const resolution = resolve(specs, host, []);
  const routing = desiredRouting({
    ways: resolution.ways,
    subnets: specs.map(({ subnet }) => subnet),
    managedBridges: new Set(),
    pools: { ipv4: '10.208.0.0/12', ipv6: 'fd73:616c:6c79::/48' },
    routes: GUIDE_ROUTES.filter(({ device }) => device !== 'docker0'),
  });
  return { table: renderTable(resolution), routing };
}

const CASES = [
  { what: 'the guide', specs: [guideSpec(), SPEC_B] },
  { what: 'small and blocked ones', specs: [SMALL, BLOCKED, guideSpec({ route: 'main' })] },
  { what: '1,000 networks', specs: MANY },
];

describe.each(CASES)('$what', ({ specs }) => {
  const { table, routing } = desiredOf(specs);

  it('leaves nothing to do in nftables', async () => {
    const nft = createNftCli(namespace.run);
    await nft.replaceTable(table, {});
    const listing = await nft.listTable();
    if (listing === null) throw new Error('the table is not there');
    const applied = { key: structureKey(table), listing: listing.structure };
    expect(planTable(table, listing, applied)).toEqual([]);
    // And the comparison does see a difference of one element.
    const [first = ''] = table.sets['managed4']?.elements ?? [];
    await nft.changeElements({ add: {}, remove: { managed4: [first] } });
    expect(planTable(table, await nft.listTable(), applied)).toMatchObject([
      { kind: 'table.change', args: { delta: { add: { managed4: [first] } } } },
    ]);
  });

  it('leaves nothing to do in the routing', async () => {
    const routes = createIpCli(namespace.run);
    const nothing = { addRoutes: [], addRules: [], removeRules: [], removeRoutes: [] };
    await routes.apply({ ...nothing, addRoutes: routing.routes, addRules: routing.rules });
    const actual = {
      routes: (await routes.observe()).routes,
      rules: (await routes.observe()).rules,
    };
    expect(compareRouting(routing, actual)).toEqual(nothing);
  });
});

describe('the guard that is stored for boot', () => {
  it('loads where nothing is, and again where it is', async () => {
    const { table, routing } = desiredOf([guideSpec(), SPEC_B]);
    const nft = createNftCli(namespace.run);
    const routes = createIpCli(namespace.run);
    const guard = { nft: nft.textOf(table), ipBatch: routes.textOf(routing.rules) };
    const loader = createBootLoader(namespace.run);
    for (let time = 1; time <= 2; time++) {
      await loader.load(guard);
      expect((await routes.observe()).rules.map(ruleText)).toEqual(routing.rules.map(ruleText));
      expect((await nft.listTable())?.elements['managed4']).toEqual([
        '172.19.0.0/16',
        '172.20.0.0/16',
      ]);
    }
  });

  it('closes by its rules alone where the table is refused', async () => {
    const { table, routing } = desiredOf([guideSpec()]);
    const nft = createNftCli(namespace.run);
    const routes = createIpCli(namespace.run);
    const text = nft.textOf(table);
    const torn = text.slice(0, text.length / 2);
    const loading = createBootLoader(namespace.run).load({
      nft: torn,
      ipBatch: routes.textOf(routing.rules),
    });
    await expect(loading).rejects.toThrow('syntax error');
    expect(await nft.listTable()).toBeNull();
    expect((await routes.observe()).rules.map(ruleText)).toContain(
      '4900: from 172.19.0.0/16 unreachable',
    );
  });
});
