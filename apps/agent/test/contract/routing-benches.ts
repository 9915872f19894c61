import type { Routing } from '../../src/ports/routing.ts';
import type { FakeHost } from '../fakes/fake-host.ts';
import type { RoutingBench } from './routing-contract.ts';
import type { ThrowAwayNamespace } from './throw-away-namespace.ts';

/** The fake kernel, with an administrator's hands on it. */
export function fakeRoutingBench({ ports, kernel }: FakeHost): RoutingBench {
  return {
    routing: ports.routing,
    addLink: async (name) => kernel.addLink(name),
    addAddress: async (device, cidr) => kernel.addAddress(device, cidr),
    removeAddress: async (device, cidr) => kernel.removeAddress(device, cidr),
    setAdmin: async (device, up) => kernel.setAdmin(device, up),
    addForeignRule: async () =>
      void kernel.rules.set('foreign', {
        family: 'ipv4',
        priority: 100,
        from: '10.0.0.0/8',
        to: null,
        mark: null,
        action: { kind: 'lookup', table: 254, suppressPrefixLength: null },
      }),
  };
}

/** The kernel of a namespace, by iproute2. */
export function kernelRoutingBench(
  { ip }: Pick<ThrowAwayNamespace, 'ip'>,
  routing: Routing,
): RoutingBench {
  return {
    routing,
    addLink: async (name) => {
      await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}-peer`);
      await ip('link', 'set', `${name}-peer`, 'up');
      await ip('link', 'set', name, 'up');
    },
    addAddress: async (device, cidr) => void (await ip('address', 'add', cidr, 'dev', device)),
    removeAddress: async (device, cidr) => void (await ip('address', 'del', cidr, 'dev', device)),
    setAdmin: async (device, up) => void (await ip('link', 'set', device, up ? 'up' : 'down')),
    addForeignRule: async () =>
      void (await ip('rule', 'add', 'priority', '100', 'from', '10.0.0.0/8', 'lookup', 'main')),
  };
}
