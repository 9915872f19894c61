import type { Amount, Origin, TrackedFlow } from '../ports/flows.ts';

/** What flows have carried. */
export interface Traffic {
  readonly sent: Amount;
  readonly received: Amount;
  /** Flows that began. */
  readonly flows: number;
}

export const NO_TRAFFIC: Traffic = {
  sent: { packets: 0, bytes: 0 },
  received: { packets: 0, bytes: 0 },
  flows: 0,
};

/** Containers of which totals are kept; those heard of longest ago are forgotten first. */
const MOST_CONTAINERS = 10_000;

interface ContainerTotal {
  readonly container: NonNullable<Origin['container']>;
  readonly network: string;
  readonly traffic: Traffic;
}

/** Sums over flows that have ended, since the agent started; by network, and by container on a network. */
export class Totals {
  readonly networks = new Map<string, Traffic>();
  /** By network and container id. */
  readonly containers = new Map<string, ContainerTotal>();

  began(origin: Origin): void {
    this.#add(origin, { ...NO_TRAFFIC, flows: 1 });
  }

  ended(origin: Origin, flow: TrackedFlow): void {
    this.#add(origin, trafficOf(flow));
  }

  #add(origin: Origin, more: Traffic): void {
    const { network, container } = origin;
    this.networks.set(network, sum(this.networks.get(network) ?? NO_TRAFFIC, more));
    if (container === null) return;
    const key = keyOf(network, container.id);
    const traffic = sum(this.containers.get(key)?.traffic ?? NO_TRAFFIC, more);
    this.containers.delete(key);
    this.containers.set(key, { container, network, traffic });
    if (this.containers.size > MOST_CONTAINERS) {
      const [oldest] = this.containers.keys();
      if (oldest !== undefined) this.containers.delete(oldest);
    }
  }
}

export function keyOf(network: string, containerId: string): string {
  return `${network} ${containerId}`;
}

/** What one flow has carried so far. */
export function trafficOf({ sent, received }: TrackedFlow): Traffic {
  return {
    sent: sent ?? NO_TRAFFIC.sent,
    received: received ?? NO_TRAFFIC.received,
    flows: 0,
  };
}

export function sum(a: Traffic, b: Traffic): Traffic {
  return {
    sent: sumAmounts(a.sent, b.sent),
    received: sumAmounts(a.received, b.received),
    flows: a.flows + b.flows,
  };
}

function sumAmounts(a: Amount, b: Amount): Amount {
  return { packets: a.packets + b.packets, bytes: a.bytes + b.bytes };
}
