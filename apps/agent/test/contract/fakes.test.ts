import { containerName } from '../../src/sessions/labels.ts';
import { FakeSessions } from '../fakes/fake-sessions.ts';
import { createGuideHost, FakeHost } from '../fakes/fake-host.ts';
import {
  describeConntrack,
  describeIptables,
  describeSysctl,
  GUIDE_RULE,
} from './host-contract.ts';
import { describeDocker } from './docker-contract.ts';
import { describeNft } from './nft-contract.ts';
import { fakeRoutingBench } from './routing-benches.ts';
import { describeSessions } from './sessions-contract.ts';
import { describeShaping } from './shaping-contract.ts';
import { describeRouting } from './routing-contract.ts';

/* The fakes keep the same promises as the real host; host.lab.test.ts has the other half. */

describeNft(async () => new FakeHost().nft);

describeRouting(async () => fakeRoutingBench(new FakeHost()));

describeConntrack(async () => {
  const { conntrack } = new FakeHost();
  return {
    conntrack,
    addFlow: async (flow) => {
      conntrack.flows = [...conntrack.flows, flow];
    },
    flows: async () =>
      conntrack.flows.map(({ source, leaving }) => `${source} leaves as ${leaving}`).toSorted(),
  };
});

describeShaping(async () => {
  const { kernel, shaping } = new FakeHost();
  return {
    shaping,
    addBridge: async (name) => kernel.addLink(name),
    removeBridge: async (name) => kernel.removeLink(name),
    loseQueue: async (bridge) => shaping.loseQueue(bridge),
  };
});

describeSysctl(async () => new FakeHost().sysctl);

describeIptables(async () => {
  const { iptables } = new FakeHost();
  iptables.dockerUser = null;
  return {
    iptables,
    makeDockerUser: async (rules) => {
      iptables.dockerUser = rules;
    },
    flushForward: async () => {
      iptables.forward = { policy: 'DROP', jumps: [], mayAccept: false };
    },
    addGuideRule: async () => {
      iptables.nat = [...iptables.nat, GUIDE_RULE];
    },
  };
});

describeDocker(async () => {
  const { docker, ports } = createGuideHost();
  const homes = new Map<string, string>();
  return {
    docker,
    routing: ports.routing,
    startContainer: async (name, { id }) => {
      homes.set(name, id);
      docker.connect(id, { id: name, name, ipv4: '10.208.0.2' });
    },
    removeContainer: async (name) => docker.disconnect(homes.get(name) ?? '', name),
    addForeignNetwork: async (name, subnet) =>
      void docker.addNetwork({
        name,
        driver: 'bridge',
        scope: 'local',
        internal: false,
        ipv6: false,
        subnets6: [],
        subnets: [subnet],
        gateway: '172.30.0.1',
        masquerade: true,
        icc: true,
        reserved: {},
        labels: {},
      }),
  };
});

describeSessions(async () => {
  const containers = new FakeSessions();
  const foreign = new Set<string>();
  return {
    containers,
    image: 'desk:1',
    network: 'z_custom_a',
    never: ['never'],
    kill: async (id) => containers.end(id, { exitCode: 137 }),
    addForeign: async (id) => void foreign.add(containerName(id)),
    // It keeps nothing but what it has made itself.
    addLabelled: async () => undefined,
    foreignRuns: async (id) => foreign.has(containerName(id)),
    addForeignVolume: async (name) => void containers.volumes.set(name, { ours: false }),
    volumes: async () => [...containers.volumes.keys()],
  };
});
