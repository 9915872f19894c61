import { applyRequestSchema } from '@sallyport/contract/document';
import {
  networkAdoptSchema,
  networkCreateSchema,
  networkUpdateSchema,
} from '@sallyport/contract/network';
import { parseNetworkName } from '@sallyport/core/network-name';
import type { FakeAgent } from '../fake-agent.ts';
import type { FakeHost } from '../fakes/fake-host.ts';

/** The guide's two networks, as the API takes them. */
export const A = networkCreateSchema.parse({
  name: 'z_custom_a',
  egress: { ipv4: ['192.168.4.153'] },
});
export const B = networkCreateSchema.parse({
  name: 'z_custom_b',
  egress: { ipv4: ['192.168.56.103'] },
  gateway: '192.168.56.1',
});

/** Something that an administrator asks for, and what must be there before. */
export interface KindOfChange {
  readonly name: string;
  readonly prepare: (agent: FakeAgent, host: FakeHost) => Promise<unknown>;
  readonly change: (agent: FakeAgent) => Promise<unknown>;
}

const none = async (): Promise<void> => undefined;
const createA = (agent: FakeAgent): Promise<unknown> => agent.networks.create(A, null);
const createBoth = async (agent: FakeAgent): Promise<void> => {
  await agent.networks.create(A, null);
  await agent.networks.create(B, null);
};
const HAND_MADE = parseNetworkName('z_hand_made');

/** The first network on a host, with which everything of ours comes. */
export const FIRST: KindOfChange = {
  name: 'create the first',
  prepare: none,
  change: createA,
};

const SINGLE: readonly KindOfChange[] = [
  {
    name: 'create another',
    prepare: createA,
    change: ({ networks }) => networks.create(B, null),
  },
  {
    name: 'change the address',
    prepare: async (agent, host) => {
      await createA(agent);
      host.conntrack.flows = [{ source: '10.208.0.2', leaving: '192.168.4.153' }];
    },
    change: ({ networks }) =>
      networks.update(
        A.name,
        networkUpdateSchema.parse({ egress: { ipv4: ['192.168.4.53'] } }),
        null,
      ),
  },
  {
    name: 'deny a destination',
    prepare: async (agent, host) => {
      await createA(agent);
      const flow = { source: '10.208.0.2', leaving: '192.168.4.153' };
      host.conntrack.flows = [flow, { ...flow, destination: '192.168.4.9' }];
    },
    change: ({ networks }) =>
      networks.update(
        A.name,
        networkUpdateSchema.parse({ destinations: { deny: ['192.168.4.0/24'] } }),
        null,
      ),
  },
  {
    name: 'limit the bandwidth',
    prepare: createBoth,
    change: ({ networks }) =>
      networks.update(
        A.name,
        networkUpdateSchema.parse({ bandwidth: { upload: '20mbit', download: '40mbit' } }),
        null,
      ),
  },
  {
    name: 'change the uplink',
    prepare: createBoth,
    change: ({ networks }) =>
      networks.update(
        A.name,
        networkUpdateSchema.parse({
          egress: { ipv4: ['192.168.56.103'] },
          gateway: '192.168.56.1',
        }),
        null,
      ),
  },
  {
    name: 'change the route to main',
    prepare: createBoth,
    change: ({ networks }) =>
      networks.update(A.name, networkUpdateSchema.parse({ route: 'main' }), null),
  },
  {
    name: 'delete one of two',
    prepare: createBoth,
    change: ({ networks }) => networks.delete(A.name, null),
  },
  {
    name: 'delete the last',
    prepare: createA,
    change: ({ networks }) => networks.delete(A.name, null),
  },
  {
    name: 'adopt',
    prepare: async (_, host) => addHandMade(host),
    change: ({ networks }) => {
      const wish = networkAdoptSchema.parse({ egress: { ipv4: ['192.168.4.153'] } });
      return networks.adopt({ ...wish, name: HAND_MADE }, null);
    },
  },
];

const DOCUMENT: KindOfChange = {
  name: 'apply: one created, one changed, one pruned',
  prepare: createBoth,
  change: ({ networks }) =>
    networks.apply(
      applyRequestSchema.parse({
        prune: true,
        document: {
          networks: [
            { name: 'z_custom_a', egress: { ipv4: '192.168.4.53' } },
            { name: 'z_custom_c', egress: { ipv4: '192.168.4.153' }, subnet: '10.209.0.0/24' },
          ],
        },
      }),
      null,
    ),
};

/** Every kind of change that there is. */
export const CHANGES: readonly KindOfChange[] = [FIRST, ...SINGLE, DOCUMENT];

/** A network made by hand after the guide, with its iptables rule and a container that speaks. */
function addHandMade(host: FakeHost): void {
  const id = host.docker.addNetwork({
    name: HAND_MADE,
    bridge: HAND_MADE,
    driver: 'bridge',
    scope: 'local',
    internal: false,
    ipv6: false,
    subnets6: [],
    subnets: ['172.19.0.0/16'],
    gateway: '172.19.0.1',
    masquerade: false,
    icc: true,
    reserved: {},
    labels: {},
  });
  host.docker.connect(id, { id: 'c1', name: 'c1', ipv4: '172.19.0.2' });
  host.conntrack.flows = [{ source: '172.19.0.2', leaving: '192.168.4.153' }];
  const spec = ['POSTROUTING', '-s', '172.19.0.0/16', '!', '-o', HAND_MADE];
  const toSource = '192.168.4.153';
  host.iptables.nat = [
    {
      spec: [...spec, '-j', 'SNAT', '--to-source', toSource],
      source: '172.19.0.0/16',
      notOut: HAND_MADE,
      target: 'SNAT',
      toSource,
    },
  ];
}
