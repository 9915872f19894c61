import type { FlowExpectation, Leak } from '@sallyport/lab/oracle';
import { healAgent } from '../leaks/stage.ts';
import { B, type Subject, until, upWorld, type World } from '../support/world.ts';

/** A network of the soak test, with what its packets may look like. */
export interface FleetNetwork {
  readonly name: string;
  readonly uplink: string;
  /** The address it has now. */
  address: string;
  /** What it had since the last look at the capture; a change may be under way when packets leave. */
  former: readonly string[];
  readonly subjects: readonly Subject[];
}

export interface Fleet {
  readonly world: World;
  readonly networks: readonly FleetNetwork[];
}

/** Addresses for networks to choose from, by uplink. */
export const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  enp0s3: Array.from({ length: 20 }, (_, index) => `192.168.4.${160 + index}`),
  enp0s8: Array.from({ length: 20 }, (_, index) => `192.168.56.${160 + index}`),
};

/** A hundred of these and the capture share two cores; a lost packet is lost anyway. */
const LOAD = ['--tcp-rate', '2', '--udp-rate', '10', '--icmp-rate', '1', '--stream-rate', '2'];
const OPTIONS = [...LOAD, '--dns-rate', '0.5', '--report-ms', '2000'];
const AT_ONCE = 5;

export async function upFleet(counts: {
  readonly networks: number;
  readonly containers: number;
}): Promise<Fleet> {
  // So that Docker can be killed and started under running containers.
  const world = await upWorld('soak', { daemon: { liveRestore: true } });
  for (const [uplink, addresses] of Object.entries(ADDRESSES))
    for (const address of addresses) await world.addOwnAddress(uplink, `${address}/24`);
  const networks: FleetNetwork[] = [];
  const each = Math.ceil(counts.containers / counts.networks);
  for (let index = 0; index < counts.networks; index += 1)
    networks.push(await makeNetwork(world, index, each));
  return { world, networks };
}

async function makeNetwork(world: World, index: number, containers: number): Promise<FleetNetwork> {
  const uplink = index % 2 === 0 ? 'enp0s3' : 'enp0s8';
  const address = ADDRESSES[uplink]?.[Math.floor(index / 2)] ?? '';
  const name = `z_soak_${index}`;
  const gateway = uplink === B.uplink ? { gateway: B.gateway } : {};
  await world.agent.call('createNetwork', {
    body: { name, egress: { ipv4: [address] }, ...gateway },
  });
  const subjects: Subject[] = [];
  while (subjects.length < containers) {
    const batch = Math.min(AT_ONCE, containers - subjects.length);
    const made = Array.from({ length: batch }, (_, place) =>
      world.subject(`soak-${index}-${subjects.length + place}`, name, {
        load: OPTIONS,
        extra: ['--restart', 'always'],
      }),
    );
    subjects.push(...(await Promise.all(made)));
  }
  return { name, uplink, address, former: [], subjects };
}

/** What has leaked since then; from here on a network's former address counts as a leak again. */
export async function leaksOf({ world, networks }: Fleet, since: number): Promise<readonly Leak[]> {
  const flows = networks.flatMap(({ address, former, uplink, subjects }) =>
    subjects.map(
      ({ container, target }): FlowExpectation => ({
        name: container.name,
        destination: target,
        sources: [address, ...former],
        uplink,
      }),
    ),
  );
  const leaks = await world.containerLeaks(since, flows);
  for (const network of networks) network.former = [];
  return leaks;
}

/** Waits until the agent has put everything back. Milliseconds. */
export async function heal({ world }: Fleet): Promise<number> {
  const begun = performance.now();
  await healAgent(world);
  return performance.now() - begun;
}

/** Waits until a packet of every container was seen beyond. @throws Error that names those that are silent */
export async function untilAllFlow({ world, networks }: Fleet): Promise<void> {
  const since = Date.now();
  let silent: readonly string[] = [];
  const flowing = async (): Promise<boolean> => {
    const arrivals = await world.lab.wan.arrivals({ since });
    const reached = new Set(arrivals.map(({ local }) => local));
    const subjects = networks.flatMap((network) => network.subjects);
    silent = subjects.filter(({ target }) => !reached.has(target)).map((s) => s.container.name);
    return silent.length === 0;
  };
  await until('every container gets through', flowing, 60_000).catch((cause: unknown) => {
    throw new Error(`${silent.length} containers are silent: ${silent.join(', ')}`, { cause });
  });
}
