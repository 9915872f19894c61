import type { CountersView, NetworkCounters } from '@sallyport/contract/counters';
import type { Origin, TrackedFlow } from '../ports/flows.ts';
import type { NftCounters } from '../ports/nft.ts';
import { PortBook } from './port-use.ts';
import { NO_TRAFFIC, sum, Totals, type Traffic } from './totals.ts';

interface Evidence {
  /** Names, in the order of the answer. */
  readonly networks: readonly string[];
  readonly since: number;
  /** Of flows that have ended. */
  readonly totals: Totals;
  readonly living: AsyncIterable<TrackedFlow>;
  readonly originOf: (flow: TrackedFlow) => Origin | null;
  readonly drops: Promise<NftCounters>;
}

/** Adds what living flows have carried so far to the totals of those that have ended. */
export async function countersView(evidence: Evidence): Promise<CountersView> {
  const { networks, since, totals, living, originOf, drops } = evidence;
  const open = new Totals();
  const ports = new PortBook();
  for await (const flow of living) {
    const origin = originOf(flow);
    if (origin === null || !networks.includes(origin.network)) continue;
    open.ended(origin, flow);
    ports.take(flow);
  }
  const counted = await drops;
  return {
    since,
    networks: networks.map((network) => ofNetwork(network, totals, open)),
    ports: ports.busiest(),
    drops: { ...counted },
  };
}

function ofNetwork(network: string, totals: Totals, open: Totals): NetworkCounters {
  const containers = new Map<string, NetworkCounters['containers'][number]>();
  for (const one of [...totals.containers.values(), ...open.containers.values()]) {
    if (one.network !== network) continue;
    const { id, name } = one.container;
    const before = containers.get(id) ?? NO_TRAFFIC;
    containers.set(id, { id, name, ...copyOf(sum(before, one.traffic)) });
  }
  const [ended = NO_TRAFFIC, alive = NO_TRAFFIC] = [totals, open].map((one) =>
    one.networks.get(network),
  );
  return {
    network,
    ...copyOf(sum(ended, alive)),
    containers: [...containers.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function copyOf({ sent, received, flows }: Traffic) {
  return { sent: { ...sent }, received: { ...received }, flows };
}
