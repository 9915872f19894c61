import type { Amount, Origin, TrackedFlow } from '../ports/flows.ts';

/** What flows have carried. */
export interface Traffic {
  readonly sent: Amount;
  readonly received: Amount;
  /** Flows that began. */
  readonly flows: number;
}

const NOTHING: Amount = { packets: 0, bytes: 0 };
export const NO_TRAFFIC: Traffic = { sent: NOTHING, received: NOTHING, flows: 0 };

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

/** A sum that grows in place: on a busy host tens of thousands of times a second. */
interface Sum {
  readonly sent: Writable<Amount>;
  readonly received: Writable<Amount>;
  flows: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type ContainerSum = ContainerTotal & { readonly traffic: Sum };

/** Sums over flows: by network, and by container on a network. */
export class Totals {
  readonly #networks = new Map<string, Sum>();
  /** By network and container id. */
  readonly #containers = new Map<string, ContainerSum>();

  constructor({ networks, containers }: StoredTotals = { networks: [], containers: [] }) {
    for (const [name, traffic] of networks) add(this.#ofNetwork(name), traffic);
    for (const one of containers) add(this.#ofContainer(one), one.traffic);
  }

  get networks(): ReadonlyMap<string, Traffic> {
    return this.#networks;
  }

  get containers(): ReadonlyMap<string, ContainerTotal> {
    return this.#containers;
  }

  /** As they are now: what comes later is not in it. */
  stored(): StoredTotals {
    return structuredClone({
      networks: [...this.#networks],
      containers: [...this.#containers.values()],
    });
  }

  began(origin: Origin): void {
    this.#ofNetwork(origin.network).flows += 1;
    if (isOfContainer(origin)) this.#ofContainer(origin).flows += 1;
  }

  ended(origin: Origin, { sent, received }: TrackedFlow): void {
    const carried = { sent: sent ?? NOTHING, received: received ?? NOTHING, flows: 0 };
    add(this.#ofNetwork(origin.network), carried);
    if (isOfContainer(origin)) add(this.#ofContainer(origin), carried);
  }

  /** Figures that are larger in the others take their place. */
  raise(others: Totals): void {
    for (const [name, traffic] of others.networks) {
      const ours = this.#ofNetwork(name);
      add(ours, excess(traffic, ours));
    }
    for (const one of others.containers.values()) {
      const ours = this.#ofContainer(one);
      add(ours, excess(one.traffic, ours));
    }
  }

  /** Adds that by which a figure has fallen: what it has told once, it has counted. */
  makeUp({ told, now }: { readonly told: Totals; readonly now: Totals }): void {
    for (const [name, traffic] of told.networks) {
      add(this.#ofNetwork(name), excess(traffic, now.networks.get(name) ?? NO_TRAFFIC));
    }
    for (const [key, one] of told.containers) {
      const counted = now.containers.get(key)?.traffic ?? NO_TRAFFIC;
      add(this.#ofContainer(one), excess(one.traffic, counted));
    }
  }

  #ofNetwork(name: string): Sum {
    const known = this.#networks.get(name);
    const sum = known ?? zero();
    if (known === undefined || isCrowded(this.#networks)) put(this.#networks, name, sum);
    return sum;
  }

  #ofContainer({ network, container }: Omit<ContainerTotal, 'traffic'>): Sum {
    const key = keyOf({ network, container });
    const known = this.#containers.get(key);
    const traffic = known?.traffic ?? zero();
    const isRenamed = known?.container.name !== container.name;
    if (isRenamed || isCrowded(this.#containers)) {
      put(this.#containers, key, { network, container, traffic });
    }
    return traffic;
  }
}

/** From here on the order in which they were heard of last is kept: some may have to go soon. */
function isCrowded(map: ReadonlyMap<string, unknown>): boolean {
  return map.size > MOST / 2;
}

/** As the newest; the oldest is given up where there are too many. */
function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MOST) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

function keyOf({ network, container }: Omit<ContainerTotal, 'traffic'>): string {
  return `${network} ${container.id}`;
}

function isOfContainer(origin: Origin): origin is Omit<ContainerTotal, 'traffic'> {
  return origin.container !== null;
}

function zero(): Sum {
  return { sent: { ...NOTHING }, received: { ...NOTHING }, flows: 0 };
}

function add(sum: Sum, { sent, received, flows }: Traffic): void {
  sum.sent.packets += sent.packets;
  sum.sent.bytes += sent.bytes;
  sum.received.packets += received.packets;
  sum.received.bytes += received.bytes;
  sum.flows += flows;
}

/** By how much the figures are above the others; 0 where they are not. */
function excess(figures: Traffic, others: Traffic): Traffic {
  const amount = (one: Amount, other: Amount): Amount => ({
    packets: Math.max(0, one.packets - other.packets),
    bytes: Math.max(0, one.bytes - other.bytes),
  });
  return {
    sent: amount(figures.sent, others.sent),
    received: amount(figures.received, others.received),
    flows: Math.max(0, figures.flows - others.flows),
  };
}
