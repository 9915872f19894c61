import { hostViewSchema } from '@sallyport/contract/host';
import { parseCidr4 } from '@sallyport/core/cidr4';
import { describe, expect, it } from 'vitest';
import { startFakeApi } from './fake-api.ts';
import { A, B } from './reconcile/changes.ts';

async function viewOf(api: Awaited<ReturnType<typeof startFakeApi>>) {
  return hostViewSchema.parse((await api.server.inject('/v1/host')).json());
}

describe('the host as it is shown', () => {
  it('has interfaces by their roles, and says of each address whether it can be used', async () => {
    const api = await startFakeApi();
    await api.agent.networks.create(A, null);
    const { interfaces } = await viewOf(api);
    expect(
      interfaces.flatMap(({ name, role, gateways, addresses }) =>
        addresses.map(({ address, egress, reason, networks }) =>
          [name, role, ...gateways, address, egress ? 'yes' : reason, ...networks].join(' | '),
        ),
      ),
    ).toEqual([
      'lo | loopback | 127.0.0.1 | it is on the loopback interface',
      'enp0s3 | uplink | 192.168.4.1 | 192.168.4.53 | yes',
      'enp0s3 | uplink | 192.168.4.1 | 192.168.4.153 | yes | z_custom_a',
      'enp0s8 | uplink | 192.168.56.103 | yes',
      'docker0 | docker-bridge | 172.17.0.1 | it is the address of the Docker bridge docker0',
      'z_custom_a | docker-bridge | 10.208.0.1 | it is the address of the Docker bridge z_custom_a',
    ]);
  });

  it('counts the subnets of the pool that are used, and no others', async () => {
    const api = await startFakeApi();
    await api.agent.networks.create(A, null);
    await api.agent.networks.create({ ...B, subnet: parseCidr4('10.9.0.0/24') }, null);
    const { pool } = await viewOf(api);
    expect(pool).toEqual({ prefix: '10.208.0.0/12', size: 24, capacity: 4096, used: 1 });
  });

  it('tells what the guard has stopped, also after its table was replaced', async () => {
    const api = await startFakeApi();
    expect((await viewOf(api)).drops).toEqual({});
    await api.agent.networks.create(A, null);
    api.host.nft.hit('drop_host', { packets: 3, bytes: 180 });
    api.host.nft.tamper('accept');
    expect((await api.agent.run()).done.map(({ kind }) => kind)).toEqual([
      'table.replace',
      'flows.end',
    ]);
    expect((await viewOf(api)).drops['drop_host']).toEqual({ packets: 3, bytes: 180 });
  });

  it('is shown without Docker too', async () => {
    const api = await startFakeApi();
    api.host.docker.down = true;
    const { docker, interfaces } = await viewOf(api);
    expect(docker).toEqual({ version: null, apiVersion: null });
    // Docker's own bridge is known by its name.
    expect(interfaces.find(({ name }) => name === 'docker0')?.role).toBe('docker-bridge');
  });

  it('tells of the last look at the host', async () => {
    const api = await startFakeApi();
    expect((await viewOf(api)).agent.lastReconcile).toBeNull();
  });
});
