import { DOCKER_USER, RULE_COMMENT } from '../../src/constants.ts';
import type { ForwardChain, Iptables, NatRule } from '../../src/ports/host.ts';
import type { Mutations } from './mutations.ts';

type Rule = readonly string[];

/** FORWARD as Docker 20.10 leaves it. */
export const DOCKERS_FORWARD: ForwardChain = {
  policy: 'DROP',
  jumps: [DOCKER_USER, 'DOCKER-ISOLATION-STAGE-1'],
  mayAccept: true,
};

/** The chains of iptables that the agent looks at. */
export class FakeIptables implements Iptables {
  readonly #mutations: Mutations;
  nat: readonly NatRule[] = [];
  /** null: Docker has not made its chains. */
  dockerUser: readonly Rule[] | null = [['-j', 'RETURN']];
  forward: ForwardChain | null = DOCKERS_FORWARD;

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

  async forwardChain(): Promise<ForwardChain | null> {
    return this.forward;
  }

  leadToDockerUser(): Promise<void> {
    return this.#mutations.mutate('iptables.leadToDockerUser', () => {
      if (this.forward === null || this.forward.jumps.includes(DOCKER_USER)) return;
      const jumps = [DOCKER_USER, ...this.forward.jumps];
      this.forward = { ...this.forward, jumps, mayAccept: true };
    });
  }

  /** `iptables -F`: rules go, chains and policies stay. */
  flush(): void {
    this.dockerUser = this.dockerUser === null ? null : [];
    if (this.forward !== null) this.forward = { ...this.forward, jumps: [], mayAccept: false };
  }
}

function same(a: Rule, b: Rule): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
