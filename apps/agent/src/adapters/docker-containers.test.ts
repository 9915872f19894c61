import { expect, it } from 'vitest';
import { containerReading } from './docker-containers.ts';

/* As Engine 20.10 answers; only what is never read was cut. */
const LISTED = {
  Id: '7f8c',
  Names: ['/web/alias', '/db'],
  Labels: { 'com.docker.compose.project': 'shop' },
  HostConfig: { NetworkMode: 'z_custom_a' },
  NetworkSettings: {
    Networks: {
      z_custom_a: {
        NetworkID: 'n2',
        EndpointID: 'e2',
        IPAddress: '172.19.0.2',
        GlobalIPv6Address: 'fd73::2',
      },
      bridge: { NetworkID: 'n1', EndpointID: 'e1', IPAddress: '172.17.0.2', GlobalIPv6Address: '' },
    },
  },
};
const inspected = (HostConfig: object) => ({ State: { Pid: 4711 }, HostConfig });

const reading = (answers: Readonly<Record<string, unknown>>) =>
  containerReading(async (path) => answers[path] ?? null);

it('reads containers by their own name, networks by their ids', async () => {
  const docker = reading({ '/containers/json': [LISTED] });
  expect(await docker.runningContainers()).toEqual([
    {
      id: '7f8c',
      name: 'db',
      networkMode: 'z_custom_a',
      endpoints: [
        { networkId: 'n1', networkName: 'bridge', endpointId: 'e1', ipv4: '172.17.0.2', ipv6: '' },
        {
          networkId: 'n2',
          networkName: 'z_custom_a',
          endpointId: 'e2',
          ipv4: '172.19.0.2',
          ipv6: 'fd73::2',
        },
      ],
      labels: { 'com.docker.compose.project': 'shop' },
    },
  ]);
});

it('reads containers without networks', async () => {
  const bare = { Id: 'a', Names: null, Labels: null, NetworkSettings: { Networks: null } };
  expect(await reading({ '/containers/json': [bare] }).runningContainers()).toEqual([
    { id: 'a', name: 'a', networkMode: '', endpoints: [], labels: {} },
  ]);
});

it.each([
  [
    { Dns: ['9.9.9.9'], CapAdd: null },
    { dns: ['9.9.9.9'], mayRoute: false },
  ],
  [
    { Dns: null, CapAdd: ['NET_RAW'] },
    { dns: [], mayRoute: false },
  ],
  [{ CapAdd: ['CAP_NET_ADMIN'] }, { dns: [], mayRoute: true }],
  [{ CapAdd: ['net_admin'] }, { dns: [], mayRoute: true }],
  [{ CapAdd: ['ALL'] }, { dns: [], mayRoute: true }],
  [{ Privileged: true }, { dns: [], mayRoute: true }],
])('reads how a container was started: %j', async (hostConfig, wanted) => {
  const docker = reading({ '/containers/a/json': inspected(hostConfig) });
  expect(await docker.containerSettings('a')).toEqual({ pid: 4711, ...wanted });
});

it('has nothing of a container that is gone', async () => {
  expect(await reading({}).containerSettings('a')).toBeNull();
});
