import type { CountersView, NetworkCounters } from '@sallyport/contract/counters';
import type { Origin, TrackedFlow } from '../ports/flows.ts';
import { PortBook } from './port-use.ts';
import { NO_TRAFFIC, Totals, type Traffic } from './totals.ts';

export interface Evidence {
  /** Of flows that have ended. */
  readonly totals: Totals;
  readonly living: AsyncIterable<TrackedFlow>;
  readonly originOf: (flow: TrackedFlow) => Origin | null;
  /** Networks of which the ports are counted. */
  readonly names: readonly string[];
}

/** Adds what living flows have carried so far to the totals of those that have ended. */
export async function countNow({
  totals,
  living,
  originOf,
  names,
}: Evidence): Promise<{ readonly now: Totals; readonly ports: PortBook }> {
  // As they are before the first living flow is read: one that ends meanwhile is not counted twice.
  const now = new Totals(totals.stored());
  const ports = new PortBook();
  for await (const flow of living) {
    const origin = originOf(flow);
    if (origin === null) continue;
    now.ended(origin, flow);
    if (names.includes(origin.network)) ports.take(flow);
  }
  return { now, ports };
}

/** Pure. What networks and their containers have carried, in the order of the names. */
export function networkCounters(
  names: readonly string[],
  counted: Totals,
): CountersView['networks'] {
  const byNetwork = Map.groupBy(counted.containers.values(), ({ network }) => network);
  return names.map(
    (network): NetworkCounters => ({
      network,
      ...copyOf(counted.networks.get(network) ?? NO_TRAFFIC),
      containers: (byNetwork.get(network) ?? [])
        .map(({ container, traffic }) => ({
          id: container.id,
          name: container.name,
          ...copyOf(traffic),
        }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    }),
  );
}

function copyOf({ sent, received, flows }: Traffic) {
  return { sent: { ...sent }, received: { ...received }, flows };
}
