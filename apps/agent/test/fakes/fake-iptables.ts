import { RULE_COMMENT } from '../../src/constants.ts';
import type { Iptables, NatRule } from '../../src/ports/host.ts';
import type { Mutations } from './mutations.ts';

type Rule = readonly string[];

/** The two chains of iptables that the agent looks at. */
export class FakeIptables implements Iptables {
  readonly #mutations: Mutations;
  nat: readonly NatRule[] = [];
  /** null: Docker has not made its chains. */
  dockerUser: readonly Rule[] | null = [['-j', 'RETURN']];

  constructor(mutations: Mutations) {
    this.#mutations = mutations;
  }

  async natRules(): Promise<readonly NatRule[]> {
    return this.nat;
  }

  removeNatRule({ spec }: NatRule): Promise<void> {
    return this.#mutations.mutate('iptables.removeNatRule', () => {
      const index = this.nat.findIndex((rule) => same(rule.spec, spec));
      if (index >= 0) this.nat = this.nat.toSpliced(index, 1);
    });
  }

  async dockerUserRules(): Promise<readonly Rule[] | null> {
    return this.dockerUser;
  }

  setDockerUserRules(rules: readonly Rule[]): Promise<void> {
    return this.#mutations.mutate('iptables.setDockerUserRules', () => {
      if (this.dockerUser === null) return;
      const others = this.dockerUser.filter((rule) => !rule.includes(RULE_COMMENT));
      const closing = same(others.at(-1) ?? [], ['-j', 'RETURN']);
      this.dockerUser = others.toSpliced(others.length - (closing ? 1 : 0), 0, ...rules);
    });
  }
}

function same(a: Rule, b: Rule): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
