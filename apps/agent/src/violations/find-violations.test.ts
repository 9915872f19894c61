import { parseIpv4 } from '@sallyport/core/ipv4';
import { describe, expect, it } from 'vitest';
import { DOCKER0, dockerNetworkOf, guideSpec } from '../../test/guide-host.ts';
import type { ContainerRoute, ContainerSettings, RunningContainer } from '../ports/containers.ts';
import type { DockerNetwork } from '../ports/docker.ts';
import { findViolations } from './find-violations.ts';
import { type Scene, straysOf } from './scene.ts';

const A = guideSpec();
const B = guideSpec({ name: 'z_custom_b', subnet: '172.20.0.0/16' });
const NET_A = { ...dockerNetworkOf(A), gateway: '172.19.0.1' };
const NET_B = dockerNetworkOf(B);
const LAN: DockerNetwork = {
  ...DOCKER0,
  id: 'lan',
  name: 'lan',
  driver: 'macvlan',
  parent: 'enp0s3',
};
const DEFAULT: ContainerRoute = {
  device: 'eth0',
  destination: '0.0.0.0',
  length: 0,
  gateway: '172.19.0.1',
};

function container(
  name: string,
  networks: readonly DockerNetwork[],
  changes: Partial<RunningContainer> = {},
): RunningContainer {
  return {
    id: `id-${name}`,
    name,
    networkMode: networks[0]?.name ?? 'none',
    endpoints: networks.map(({ id, name: networkName }, index) => ({
      networkId: id,
      networkName,
      endpointId: `${id}-${name}`,
      ipv4: `172.17.0.${index + 2}`,
      ipv6: '',
    })),
    labels: {},
    ...changes,
  };
}

interface Told extends Partial<Scene> {
  readonly dns?: readonly string[];
}

/** A scene in which every container was started as it should be, unless said otherwise. */
function scene(containers: readonly RunningContainer[], { dns, ...changes }: Told = {}): Scene {
  const settings: ContainerSettings = { pid: 1, dns: dns ?? ['9.9.9.9'], mayRoute: false };
  return {
    containers,
    settings: new Map(containers.map(({ id }) => [id, settings])),
    routes: new Map(),
    networks: [DOCKER0, NET_A, NET_B, LAN],
    specs: [A, B],
    uplinks: new Set(['enp0s3', 'enp0s8']),
    engine: '20.10.24',
    ...changes,
  };
}

const told = (given: Scene) =>
  findViolations(given).map(
    ({ kind, network, container: { name } }) => `${kind} ${network} ${name}`,
  );

describe('violations', () => {
  it('are none where containers are on one egress network, or on none at all', () => {
    const fine = [container('a', [NET_A]), container('other', [DOCKER0]), container('none', [])];
    expect(told(scene(fine))).toEqual([]);
  });

  it('are none on two egress networks: both are guarded', () => {
    expect(told(scene([container('a', [NET_A, NET_B])]))).toEqual([]);
  });

  it('are containers on an unmanaged network as well', () => {
    const [found] = findViolations(scene([container('a', [DOCKER0, NET_A])]));
    expect(found).toEqual({
      kind: 'other-network',
      network: 'z_custom_a',
      container: { id: 'id-a', name: 'a' },
      message:
        'a is on bridge as well, which is no egress network: what it sends by that one leaves by another address',
      remedy: 'docker network disconnect bridge a',
      blocked: false,
    });
  });

  it('are not containers on an internal network, from which nothing leaves', () => {
    const internal = { ...DOCKER0, id: 'db', name: 'db', internal: true };
    const given = scene([container('a', [internal, NET_A])], { networks: [internal, NET_A] });
    expect(told(given)).toEqual([]);
  });

  it('are containers in another one’s namespace', () => {
    const guest = container('guest', [], { networkMode: 'container:id-a' });
    expect(told(scene([container('a', [NET_A]), guest]))).toEqual([
      'shared-namespace z_custom_a guest',
    ]);
    expect(told(scene([container('a', [DOCKER0]), guest]))).toEqual([]);
  });

  it('are containers with the host’s network only where their project is on an egress network', () => {
    const labels = { 'com.docker.compose.project': 'shop' };
    const onHost = container('proxy', [], { networkMode: 'host', labels });
    expect(told(scene([onHost, container('a', [NET_A])]))).toEqual([]);
    expect(told(scene([onHost, container('a', [NET_A], { labels })]))).toEqual([
      'host-network z_custom_a proxy',
    ]);
  });

  it.each([
    ['an uplink', 'enp0s3', ['own-link null cam']],
    ['a VLAN of an uplink', 'enp0s3.40', ['own-link null cam']],
    ['another interface', 'dummy0', []],
  ])('are containers with a link of their own on %s', (_, parent, expected) => {
    const networks = [{ ...LAN, parent }];
    expect(told(scene([container('cam', [LAN])], { networks }))).toEqual(expected);
  });

  it.each([
    ['the network’s router', [DEFAULT], []],
    ['another router', [{ ...DEFAULT, gateway: '172.19.0.9' }], ['default-route z_custom_a a']],
    ['a tunnel', [{ ...DEFAULT, device: 'tun0', gateway: null }], ['default-route z_custom_a a']],
    [
      'a tunnel that takes the halves',
      [DEFAULT, { device: 'tun0', destination: '128.0.0.0', length: 1, gateway: null }],
      ['default-route z_custom_a a'],
    ],
    [
      'a route to a link of its own',
      [DEFAULT, { device: 'dummy0', destination: '10.9.0.0', length: 24, gateway: null }],
      [],
    ],
  ])('are told by its routes: %s', (_, routes, expected) => {
    const given = scene([container('a', [NET_A])], { routes: new Map([['id-a', routes]]) });
    expect(told(given)).toEqual(expected);
  });

  it('are containers without name servers of their own; what happens depends on the engine', () => {
    const old = scene([container('a', [NET_A])], { dns: [] });
    expect(findViolations(old)).toMatchObject([
      { kind: 'inherited-dns', message: expect.stringContaining('servers of the host') as string },
    ]);
    expect(findViolations({ ...old, engine: '28.0.1' })).toMatchObject([
      { message: expect.stringContaining('leave by the host’s address') as string },
    ]);
  });

  it('tell the name servers of the network as the remedy', () => {
    const spec = guideSpec({ dns: [parseIpv4('9.9.9.9'), parseIpv4('149.112.112.112')] });
    const given = scene([container('a', [NET_A])], { dns: [], specs: [spec] });
    expect(findViolations(given)[0]?.remedy).toBe(
      'start it anew with --dns 9.9.9.9 --dns 149.112.112.112',
    );
  });
});

describe('what a strict network stops', () => {
  const specs = [guideSpec({ strict: true }), B];

  it('is what its containers send by bridges that are not managed', () => {
    const given = scene([container('a', [DOCKER0, NET_A]), container('b', [DOCKER0, NET_B])], {
      specs,
    });
    expect(straysOf(given)).toEqual([{ address: '172.17.0.2', bridge: 'docker0' }]);
    expect(findViolations(given).map(({ blocked }) => blocked)).toEqual([true, false]);
  });

  it('is nothing where packets do not pass this host’s rules', () => {
    const given = scene([container('a', [LAN, NET_A])], { specs });
    expect(straysOf(given)).toEqual([]);
    expect(findViolations(given).map(({ blocked }) => blocked)).toEqual([false, false]);
  });

  it.each(['a"}', 'eth*', 'a b'])('is nothing on a bridge that nft can not name: %s', (bridge) => {
    const odd = { ...DOCKER0, bridge };
    const given = scene([container('a', [odd, NET_A])], { specs, networks: [odd, NET_A] });
    expect(straysOf(given)).toEqual([]);
    expect(findViolations(given).map(({ blocked }) => blocked)).toEqual([false]);
  });

  it('is nothing of a network that is not strict', () => {
    expect(straysOf(scene([container('a', [DOCKER0, NET_A])]))).toEqual([]);
  });
});
