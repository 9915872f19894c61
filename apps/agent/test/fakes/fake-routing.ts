import { SallyportError } from '@sallyport/contract/errors';
import { createIpCli } from '../../src/adapters/ip-cli.ts';
import { RULES } from '../../src/constants.ts';
import { ruleText } from '../../src/plan/plan-routing.ts';
import type { Routing, RoutingDelta } from '../../src/ports/routing.ts';
import type { FakeKernel } from './fake-kernel.ts';
import type { Mutations } from './mutations.ts';

/** Routing over the fake kernel. Like `ip -force -batch` it tries every line and tells the first refusal. */
export function createFakeRouting(kernel: FakeKernel, mutations: Mutations): Routing {
  const carryOut = (delta: RoutingDelta): void => {
    const refusals: Error[] = [];
    const attempt = (change: () => void): void => {
      try {
        change();
      } catch (error) {
        refusals.push(error as Error);
      }
    };
    for (const route of delta.addRoutes) attempt(() => kernel.putRoute(route));
    for (const rule of delta.addRules) kernel.rules.set(ruleText(rule), rule);
    for (const rule of delta.removeRules) kernel.rules.delete(ruleText(rule));
    for (const route of delta.removeRoutes) kernel.removeRoute(route);
    const [first] = refusals;
    if (first !== undefined)
      throw new SallyportError('host_refused', `ip refused: ${first.message}`);
  };
  return {
    observe: async () => ({
      links: kernel.links(),
      routes: kernel.routes(),
      rules: [...kernel.rules.values()]
        .filter(({ priority }) => priority >= RULES.first && priority <= RULES.last)
        .toSorted((a, b) => a.priority - b.priority),
    }),
    apply: (delta) => mutations.mutate('routing.apply', () => carryOut(delta)),
    textOf: (rules) => createIpCli(nothingRuns).textOf(rules),
  };
}

/** The text of rules is pure; it must be the same as the real one's. */
function nothingRuns(): never {
  throw new Error('a fake runs no program');
}
