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

/** Networks and containers of which totals are kept; those heard of longest ago are forgotten first. */
const MOST = 10_000;

export interface ContainerTotal {
  readonly container: NonNullable<Origin['container']>;
  readonly network: string;
  readonly traffic: Traffic;
}

/** Totals as they are stored. */
export interface StoredTotals {
  readonly networks: readonly (readonly [name: string, traffic: Traffic])[];
  readonly containers: readonly ContainerTotal[];
}

/** Sums over flows: by network, and by container on a network. */
export class Totals {
  readonly networks = new Map<string, Traffic>();
  /** By network and container id. */
  readonly containers = new Map<string, ContainerTotal>();

  constructor({ networks, containers }: StoredTotals = { networks: [], containers: [] }) {
    for (const [name, traffic] of networks) this.networks.set(name, traffic);
    for (const one of containers) this.containers.set(keyOf(one), one);
  }

  stored(): StoredTotals {
    return { networks: [...this.networks], containers: [...this.containers.values()] };
  }

  began(origin: Origin): void {
    this.#add(origin, { ...NO_TRAFFIC, flows: 1 });
  }

  ended(origin: Origin, flow: TrackedFlow): void {
    this.#add(origin, trafficOf(flow));
  }

  /** Figures that are larger in the others take their place. */
  raise(others: Totals): void {
    for (const [name, traffic] of others.networks)
      put(this.networks, name, larger(this.networks.get(name) ?? NO_TRAFFIC, traffic));
    for (const [key, one] of others.containers) {
      const traffic = larger(this.containers.get(key)?.traffic ?? NO_TRAFFIC, one.traffic);
      put(this.containers, key, { ...one, traffic });
    }
  }

  /** Adds that by which a figure has fallen: what it has told once, it has counted. */
  makeUp({ told, now }: { readonly told: Totals; readonly now: Totals }): void {
    for (const [name, traffic] of told.networks) {
      const missing = fallen(traffic, now.networks.get(name) ?? NO_TRAFFIC);
      put(this.networks, name, sum(this.networks.get(name) ?? NO_TRAFFIC, missing));
    }
    for (const [key, one] of told.containers) {
      const missing = fallen(one.traffic, now.containers.get(key)?.traffic ?? NO_TRAFFIC);
      const traffic = sum(this.containers.get(key)?.traffic ?? NO_TRAFFIC, missing);
      put(this.containers, key, { ...one, traffic });
    }
  }

  #add({ network, container }: Origin, more: Traffic): void {
    put(this.networks, network, sum(this.networks.get(network) ?? NO_TRAFFIC, more));
    if (container === null) return;
    const key = keyOf({ network, container });
    const traffic = sum(this.containers.get(key)?.traffic ?? NO_TRAFFIC, more);
    put(this.containers, key, { container, network, traffic });
  }
}

/** As the newest; the oldest is given up where there are too many. */
function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MOST) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

function keyOf({ network, container }: Pick<ContainerTotal, 'network' | 'container'>): string {
  return `${network} ${container.id}`;
}

/** What one flow has carried so far. */
function trafficOf({ sent, received }: TrackedFlow): Traffic {
  return {
    sent: sent ?? NO_TRAFFIC.sent,
    received: received ?? NO_TRAFFIC.received,
    flows: 0,
  };
}

function sum(a: Traffic, b: Traffic): Traffic {
  return eachOf(a, b, (one, other) => one + other);
}

function larger(a: Traffic, b: Traffic): Traffic {
  return eachOf(a, b, Math.max);
}

/** By how much the figures have fallen; 0 where they have not. */
function fallen(before: Traffic, now: Traffic): Traffic {
  return eachOf(before, now, (then, after) => Math.max(0, then - after));
}

function eachOf(a: Traffic, b: Traffic, figure: (a: number, b: number) => number): Traffic {
  const amounts = (one: Amount, other: Amount): Amount => ({
    packets: figure(one.packets, other.packets),
    bytes: figure(one.bytes, other.bytes),
  });
  return {
    sent: amounts(a.sent, b.sent),
    received: amounts(a.received, b.received),
    flows: figure(a.flows, b.flows),
  };
}
