import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Docker, DockerNetworkRequest } from '../../src/ports/docker.ts';
import type { Routing } from '../../src/ports/routing.ts';

/** A Docker Engine with its host's interfaces, and containers on it. */
export interface DockerBench {
  readonly docker: Docker;
  readonly routing: Routing;
  /** Starts a container of this name on a network. */
  startContainer(
    name: string,
    network: { readonly id: string; readonly name: string },
  ): Promise<void>;
  /** Stops and removes it. */
  removeContainer(name: string): Promise<void>;
  /** What `docker network create --subnet` makes when nobody says anything else. */
  addForeignNetwork(name: string, subnet: string): Promise<void>;
}

const A: DockerNetworkRequest = {
  name: 'spt_a',
  bridge: 'spt_a',
  subnet: '10.208.0.0/24',
  gateway: '10.208.0.1',
  ipv6: null,
  reserved: { 'sallyport-probe': '10.208.0.254' },
  labels: { 'io.sallyport.managed': 'true', 'io.sallyport.network-id': 'one' },
};
const B: DockerNetworkRequest = {
  ...A,
  name: 'spt_b',
  bridge: 'spt_b',
  subnet: '10.208.1.0/24',
  gateway: '10.208.1.1',
  ipv6: null,
  reserved: {},
  labels: {},
};

/** What everything that calls itself Docker does. @param make an engine without networks of tests */
export function describeDocker(make: () => Promise<DockerBench>): void {
  let bench: DockerBench;
  let docker: Docker;
  const find = async (name: string) =>
    (await docker.networks()).find((network) => network.name === name);
  const refused = { code: 'docker_refused' };

  describe('Docker', () => {
    beforeEach(async () => {
      bench = await make();
      ({ docker } = bench);
    });

    it('tells its version', async () => {
      expect((await docker.version()).apiVersion).toMatch(/^1\.\d+$/);
    });

    it('lists the bridge that is always there', async () => {
      expect(await find('bridge')).toMatchObject({
        driver: 'bridge',
        bridge: 'docker0',
        subnets: ['172.17.0.0/16'],
        masquerade: true,
        icc: true,
        internal: false,
      });
    });

    it('lists networks by name', async () => {
      await docker.createNetwork(B);
      await docker.createNetwork(A);
      const names = (await docker.networks()).map(({ name }) => name);
      expect(names).toEqual(names.toSorted());
    });

    it('creates a network as it was asked for', async () => {
      const id = await docker.createNetwork(A);
      expect(await find(A.name)).toEqual({
        id,
        name: 'spt_a',
        driver: 'bridge',
        scope: 'local',
        internal: false,
        ipv6: false,
        subnets6: [],
        subnets: ['10.208.0.0/24'],
        gateway: '10.208.0.1',
        bridge: 'spt_a',
        masquerade: false,
        icc: false,
        reserved: A.reserved,
        labels: A.labels,
      });
    });

    it('makes a bridge with the gateway’s address and a connected route, and takes both away', async () => {
      const id = await docker.createNetwork(A);
      const link = (await bench.routing.observe()).links.find(({ name }) => name === A.bridge);
      expect(link).toMatchObject({ up: false, master: null });
      expect(link?.addresses).toContainEqual({
        family: 'ipv4',
        address: '10.208.0.1',
        prefix: 24,
        scope: 'global',
        flags: [],
      });
      expect((await bench.routing.observe()).routes).toContainEqual({
        table: 254,
        type: 'unicast',
        destination: '10.208.0.0/24',
        device: 'spt_a',
        gateway: null,
        metric: 0,
        scope: 'link',
        onlink: false,
      });
      await docker.removeNetwork(id);
      expect((await bench.routing.observe()).links.map(({ name }) => name)).not.toContain(A.bridge);
      expect((await bench.routing.observe()).routes.map(({ device }) => device)).not.toContain(
        A.bridge,
      );
    });

    it.each([
      ['its name', { name: A.name }],
      ['its bridge', { bridge: A.bridge }],
      ['an overlapping subnet', { subnet: '10.208.0.0/16' }],
    ])('refuses a second network with %s, and leaves nothing of it', async (_, same) => {
      await docker.createNetwork(A);
      const before = await docker.networks();
      await expect(docker.createNetwork({ ...B, ...same })).rejects.toMatchObject(refused);
      expect(await docker.networks()).toEqual(before);
      expect((await bench.routing.observe()).links.map(({ name }) => name)).not.toContain(B.bridge);
    });

    it('does not mind removing what is gone', async () => {
      const id = await docker.createNetwork(A);
      await docker.removeNetwork(id);
      await docker.removeNetwork(id);
      expect(await find(A.name)).toBeUndefined();
    });

    it('knows the containers on a network, and does not remove it under them', async () => {
      const id = await docker.createNetwork(A);
      expect(await docker.attached(id)).toEqual([]);
      await bench.startContainer('spt-one', { id, name: A.name });
      expect(await docker.attached(id)).toEqual([
        {
          id: expect.stringMatching(/./) as string,
          name: 'spt-one',
          ipv4: expect.stringMatching(/^10\.208\.0\.\d+$/) as string,
        },
      ]);
      const link = (await bench.routing.observe()).links.find(({ name }) => name === A.bridge);
      expect(link?.up).toBe(true);
      await expect(docker.removeNetwork(id)).rejects.toMatchObject(refused);
      expect((await find(A.name))?.id).toBe(id);
      await bench.removeContainer('spt-one');
      expect(await docker.attached(id)).toEqual([]);
      await docker.removeNetwork(id);
    });

    it('tells running containers with their networks, and how they were started', async () => {
      const id = await docker.createNetwork(A);
      await bench.startContainer('spt-one', { id, name: A.name });
      const [container, ...more] = await docker.runningContainers();
      expect(more).toEqual([]);
      expect(container).toMatchObject({
        name: 'spt-one',
        networkMode: A.name,
        endpoints: [
          {
            networkId: id,
            networkName: A.name,
            endpointId: expect.stringMatching(/./) as string,
            ipv4: expect.stringMatching(/^10\.208\.0\.\d+$/) as string,
            ipv6: '',
          },
        ],
      });
      const settings = await docker.containerSettings(container?.id ?? '');
      expect(settings).toEqual({ pid: expect.any(Number) as number, dns: [], mayRoute: false });
      expect(settings?.pid).toBeGreaterThan(0);
      await bench.removeContainer('spt-one');
      expect(await docker.runningContainers()).toEqual([]);
      expect(await docker.containerSettings(container?.id ?? '')).toBeNull();
    });

    it('refuses to tell who is on a network that is gone', async () => {
      await expect(docker.attached('0'.repeat(64))).rejects.toMatchObject(refused);
    });

    it('reads what others made: masquerade on, traffic between containers allowed', async () => {
      await bench.addForeignNetwork('spt_foreign', '172.30.0.0/16');
      const network = await find('spt_foreign');
      expect(network).toMatchObject({
        subnets: ['172.30.0.0/16'],
        masquerade: true,
        icc: true,
        reserved: {},
        labels: {},
      });
      expect(network?.bridge).toBe(`br-${network?.id.slice(0, 12)}`);
    });

    it('tells of what happens to networks until it is told to stop', async () => {
      const stop = new AbortController();
      const events = docker.events(stop.signal)[Symbol.asyncIterator]();
      const first = events.next();
      // Docker streams what happens after the request has arrived there.
      const seen = Symbol('seen');
      do await docker.removeNetwork(await docker.createNetwork(B));
      while ((await Promise.race([first.then(() => seen), sleep(20)])) !== seen);
      expect((await first).value).toMatchObject({ type: 'network', name: B.name });
      stop.abort();
      await expect(drain(events)).resolves.toBe('ended');
    });
  });
}

/** Takes what is left. An abort may show as an end or as an error. */
async function drain(events: AsyncIterator<unknown>): Promise<'ended'> {
  try {
    while ((await events.next()).done !== true);
  } catch {
    // Whoever aborts expects it.
  }
  return 'ended';
}
