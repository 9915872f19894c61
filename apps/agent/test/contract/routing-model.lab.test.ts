import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIpCli } from '../../src/adapters/ip-cli.ts';
import { routeText } from '../../src/plan/plan-routing.ts';
import type { Route, Routing } from '../../src/ports/routing.ts';
import { FakeHost } from '../fakes/fake-host.ts';
import type { RoutingBench } from './routing-contract.ts';
import { fakeRoutingBench, kernelRoutingBench } from './routing-benches.ts';
import { createThrowAwayNamespace } from './throw-away-namespace.ts';

/* Whatever happens to addresses and interfaces, the fake kernel has the routes that Linux has. */

const device = fc.constantFrom('up0', 'up1');
const cidr = fc.constantFrom(
  '192.168.4.53/22',
  '192.168.4.153/24',
  '192.168.4.154/24',
  '192.168.56.103/24',
  '192.0.2.9/32',
);
const route: fc.Arbitrary<Route> = fc
  .record({
    table: fc.constantFrom(4101, 4102),
    destination: fc.constantFrom('0.0.0.0/0', '198.51.100.0/24'),
    device,
    gateway: fc.constantFrom('192.168.4.1', '192.168.56.1', null),
    metric: fc.constantFrom(0, 100),
  })
  .map((parts) => ({
    ...parts,
    type: 'unicast',
    scope: parts.gateway === null ? 'link' : 'global',
    onlink: false,
  }));

const event = fc.oneof(
  fc.record({ kind: fc.constant('add-address' as const), device, cidr }),
  fc.record({ kind: fc.constant('remove-address' as const), device, cidr }),
  fc.record({ kind: fc.constant('admin' as const), device, up: fc.boolean() }),
  fc.record({ kind: fc.constant('add-route' as const), route }),
  fc.record({ kind: fc.constant('remove-route' as const), route }),
);
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

const NOTHING = { addRoutes: [], addRules: [], removeRules: [], removeRoutes: [] };

async function happen(bench: RoutingBench, one: Event): Promise<void> {
  switch (one.kind) {
    case 'add-address':
      await bench.addAddress(one.device, one.cidr);
      break;
    case 'remove-address':
      await bench.removeAddress(one.device, one.cidr);
      break;
    case 'admin':
      await bench.setAdmin(one.device, one.up);
      break;
    case 'add-route':
      await bench.routing.apply({ ...NOTHING, addRoutes: [one.route] });
      break;
    case 'remove-route':
      await bench.routing.apply({ ...NOTHING, removeRoutes: [one.route] });
      break;
  }
}

async function outcome(bench: RoutingBench, one: Event) {
  const result = await happen(bench, one).then(
    () => 'done',
    () => 'refused',
  );
  return { result, routes: await routesOf(bench.routing) };
}

async function routesOf(routing: Routing): Promise<readonly string[]> {
  return (await routing.observe()).routes.map(routeText).toSorted();
}

describe('the fake kernel and the real one', () => {
  it('agree about every history', async () => {
    const seen: Record<string, number> = { done: 0, refused: 0 };
    const property = fc.asyncProperty(
      fc.array(event, { minLength: 4, maxLength: 14 }),
      async (events) => {
        const namespace = await createThrowAwayNamespace();
        try {
          const real = kernelRoutingBench(namespace, createIpCli(namespace.run));
          const fake = fakeRoutingBench(new FakeHost());
          for (const bench of [real, fake]) {
            await bench.addLink('up0');
            await bench.addLink('up1');
            await bench.addAddress('up0', '192.168.4.99/22');
          }
          for (const one of events) {
            const answer = await outcome(real, one);
            seen[answer.result] = (seen[answer.result] ?? 0) + 1;
            expect(await outcome(fake, one), JSON.stringify(one)).toEqual(answer);
          }
        } finally {
          await namespace.remove();
        }
      },
    );
    await fc.assert(property, { numRuns: 30 });
    // Otherwise nothing was compared.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(10);
  });
});
