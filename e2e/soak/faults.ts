import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../leaks/random.ts';
import { ADDRESSES, type Fleet, type FleetNetwork } from './fleet.ts';

/** Something that goes wrong; what somebody would set right by hand is set right before it returns. */
export interface Fault {
  readonly name: string;
  /** Ends the agent, so that its memory begins anew. */
  readonly endsAgent?: true;
  readonly happen: (fleet: Fleet, random: Random) => Promise<unknown>;
  /** What somebody has to do for others than us, once the agent has done its part. */
  readonly afterwards?: (fleet: Fleet) => Promise<unknown>;
}

/** Milliseconds for which a fault lasts. */
const lasting = (random: Random): Promise<void> => sleep(200 + random.below(2_000));

async function ourRules({ world }: Fleet): Promise<readonly string[]> {
  const rules = await world.host('ip', '-4', 'rule');
  return [...rules.matchAll(/^(4\d\d\d):/gm)].map(([, priority = '']) => priority);
}

function freeAddress({ networks }: Fleet, { uplink }: FleetNetwork, random: Random): string {
  const used = new Set(networks.map(({ address }) => address));
  return random.pick((ADDRESSES[uplink] ?? []).filter((address) => !used.has(address)));
}

async function changeAddress(fleet: Fleet, random: Random): Promise<void> {
  const network = random.pick(fleet.networks);
  const address = freeAddress(fleet, network, random);
  network.former = [...network.former, network.address];
  network.address = address;
  await fleet.world.agent.call('updateNetwork', {
    params: { name: network.name },
    body: { egress: { ipv4: [address] } },
  });
}

async function loseAddress({ world, networks }: Fleet, random: Random): Promise<void> {
  const { address, uplink } = random.pick(networks);
  await world.lab.host.removeAddress(uplink, `${address}/24`);
  await lasting(random);
  await world.lab.host.addAddress(uplink, `${address}/24`);
}

async function loseLink({ world }: Fleet, random: Random): Promise<void> {
  const uplink = random.pick(Object.keys(ADDRESSES));
  await world.lab.host.linkDown(uplink);
  await lasting(random);
  await world.lab.host.linkUp(uplink);
}

async function loseElement({ world, networks }: Fleet, random: Random): Promise<void> {
  const { name, address } = random.pick(networks);
  const { subnet } = await world.agent.call('showNetwork', { params: { name } });
  const map = ['inet', 'sallyport', 'snat4'];
  await world.lab.host.tryExec('nft', ['delete', 'element', ...map, `{ ${subnet} : ${address} }`]);
}

async function comeAndGo({ world }: Fleet, random: Random): Promise<void> {
  const name = `z_brief_${random.below(1_000)}`;
  const egress = { ipv4: [random.pick(ADDRESSES['enp0s3'] ?? [])] };
  await world.agent.call('createNetwork', { body: { name, egress } });
  await world.agent.call('deleteNetwork', { params: { name } });
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'nft flush ruleset',
    happen: ({ world }) => world.host('nft', 'flush', 'ruleset'),
    // Docker's own chains are gone too, and it makes no network without them.
    afterwards: ({ world }) => world.lab.daemon.restart(),
  },
  {
    name: 'our table is deleted',
    happen: ({ world }) => world.host('nft', 'delete', 'table', 'inet', 'sallyport'),
  },
  { name: 'an element is deleted', happen: loseElement },
  {
    name: 'a rule of ours is deleted',
    happen: async (fleet, random) =>
      fleet.world.host('ip', 'rule', 'del', 'priority', random.pick(await ourRules(fleet))),
  },
  {
    name: 'a routing table of ours is emptied',
    happen: ({ world }, random) =>
      world.lab.host.tryExec('ip', ['route', 'flush', 'table', String(4101 + random.below(3))]),
  },
  { name: 'iptables -F', happen: ({ world }) => world.host('iptables', '-F') },
  { name: 'conntrack -F', happen: ({ world }) => world.host('conntrack', '-F') },
  { name: 'an egress address goes and comes back', happen: loseAddress },
  { name: 'an uplink goes down and up', happen: loseLink },
  { name: 'an egress address is changed', happen: changeAddress },
  { name: 'a network is created and deleted', happen: comeAndGo },
  {
    name: 'a container is restarted',
    happen: ({ world, networks }, random) => {
      const { container } = random.pick(random.pick(networks).subjects);
      return world.lab.docker(['restart', '--time', '1', container.name], { timeoutMs: 60_000 });
    },
  },
  {
    name: 'dockerd is killed and started',
    happen: async ({ world }, random) => {
      await world.lab.daemon.kill();
      await lasting(random);
      await world.lab.daemon.start();
    },
  },
  {
    name: 'the agent is stopped for a while, and the table deleted meanwhile',
    happen: async ({ world }, random) => {
      world.agent.signal('SIGSTOP');
      await world.host('nft', 'delete', 'table', 'inet', 'sallyport');
      await lasting(random);
      world.agent.signal('SIGCONT');
    },
  },
  {
    name: 'the agent is killed',
    endsAgent: true,
    happen: async ({ world }, random) => {
      world.agent.signal('SIGKILL');
      await lasting(random);
    },
  },
];
