import type { AgentParts } from '../../src/compose-host.ts';

/** Every way in which the agent changes something, by port. */
const CHANGES: ReadonlySet<string> = new Set([
  'nft.replaceTable',
  'nft.changeElements',
  'nft.deleteTable',
  'routing.apply',
  'docker.createNetwork',
  'docker.removeNetwork',
  'conntrack.endFlows',
  'sysctl.write',
  'shaping.apply',
  'iptables.removeNatRule',
  'iptables.setDockerUserRules',
  'iptables.leadToDockerUser',
  'store.save',
  'store.saveBootGuard',
]);

/** Called before and after every change. */
export type OnPoint = (point: string) => void;

/** The same parts, which tell when they begin a change and when they have made it. */
export function withKillPoints({ ports, store }: AgentParts, onPoint: OnPoint): AgentParts {
  const names = Object.keys(ports) as readonly (keyof typeof ports)[];
  const entries = names.map((name) => [name, watched(name, ports[name], onPoint)] as const);
  return {
    ports: Object.fromEntries(entries) as unknown as AgentParts['ports'],
    store: watched('store', store, onPoint),
  };
}

function watched<T extends object>(name: string, port: T, onPoint: OnPoint): T {
  return new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      const change = `${name}.${String(key)}`;
      if (typeof member !== 'function') return member;
      if (!CHANGES.has(change)) return member.bind(target) as unknown;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        onPoint(`before ${change}`);
        const answer: unknown = await (member.apply(target, args) as Promise<unknown>);
        onPoint(`after ${change}`);
        return answer;
      };
    },
  });
}
