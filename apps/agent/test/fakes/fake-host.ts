import type { HostPorts } from '../../src/execute/executors.ts';
import { dumpHost } from './dump-host.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeConntrack } from './fake-conntrack.ts';
import { FakeDocker } from './fake-docker.ts';
import { FakeEventLog } from './fake-event-log.ts';
import { FakeIptables } from './fake-iptables.ts';
import { FakeKernel } from './fake-kernel.ts';
import { FakeNft } from './fake-nft.ts';
import { createFakeRouting } from './fake-routing.ts';
import { FakeShaping } from './fake-shaping.ts';
import { FakeStore } from './fake-store.ts';
import { FakeSysctl } from './fake-sysctl.ts';
import { Mutations } from './mutations.ts';

/** A whole host in memory behind the agent's ports. Agents come and go; the host and its disk stay. */
export class FakeHost {
  readonly mutations = new Mutations();
  readonly kernel = new FakeKernel();
  readonly nft = new FakeNft(this.mutations);
  readonly docker = new FakeDocker(this.kernel, this.mutations);
  readonly conntrack = new FakeConntrack(this.mutations);
  readonly sysctl = new FakeSysctl(this.mutations);
  readonly iptables = new FakeIptables(this.mutations);
  readonly shaping = new FakeShaping(this.kernel, this.mutations);
  readonly store = new FakeStore(this.mutations);
  readonly eventLog = new FakeEventLog();
  readonly clock = new FakeClock();
  /** Routers that do not answer: `INTERFACE GATEWAY`. */
  readonly silent = new Set<string>();
  readonly ports: HostPorts = {
    nft: this.nft,
    routing: createFakeRouting(this.kernel, this.mutations),
    docker: this.docker,
    conntrack: this.conntrack,
    sysctl: this.sysctl,
    iptables: this.iptables,
    shaping: this.shaping,
  };

  /** The host as text in a canonical order, for golden tests. */
  dump(): Promise<string> {
    return dumpHost(this);
  }
}

/** The host of the guide: two uplinks, three addresses, a default route, and Docker's own bridge. */
export function createGuideHost(): FakeHost {
  const host = new FakeHost();
  const { kernel, docker } = host;
  kernel.addLink('lo');
  kernel.addAddress('lo', '127.0.0.1/8');
  kernel.addLink('enp0s3');
  kernel.addAddress('enp0s3', '192.168.4.53/22');
  kernel.addAddress('enp0s3', '192.168.4.153/24');
  kernel.addLink('enp0s8');
  kernel.addAddress('enp0s8', '192.168.56.103/24');
  addDefaultRoute(host, { device: 'enp0s3', gateway: '192.168.4.1' });
  docker.addNetwork({
    name: 'bridge',
    driver: 'bridge',
    scope: 'local',
    internal: false,
    ipv6: false,
    subnets6: [],
    subnets: ['172.17.0.0/16'],
    gateway: '172.17.0.1',
    bridge: 'docker0',
    masquerade: true,
    icc: true,
    reserved: {},
    labels: {},
  });
  return host;
}

/** What an administrator does with `ip route add default`. */
export function addDefaultRoute(
  { kernel }: FakeHost,
  hop: { readonly device: string; readonly gateway: string },
): void {
  kernel.putRoute({
    ...hop,
    table: 254,
    type: 'unicast',
    destination: '0.0.0.0/0',
    metric: 0,
    scope: 'global',
    onlink: false,
  });
}
