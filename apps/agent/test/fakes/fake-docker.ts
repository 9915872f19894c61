import { SallyportError } from '@sallyport/contract/errors';
import { parseCidr4, prefixLength, type Range4, range4 } from '@sallyport/core/cidr4';
import type {
  AttachedContainer,
  Docker,
  DockerEvent,
  DockerNetwork,
  DockerNetworkRequest,
} from '../../src/ports/docker.ts';
import { FakeContainers } from './fake-containers.ts';
import { EventQueue } from './event-queue.ts';
import type { FakeKernel } from './fake-kernel.ts';
import type { Mutations } from './mutations.ts';

/** A Docker Engine in memory that makes and removes bridges in the fake kernel, as the real one does. */
export class FakeDocker implements Docker {
  readonly #kernel: FakeKernel;
  readonly #mutations: Mutations;
  readonly #networks = new Map<string, DockerNetwork>();
  /** Read once: with 1,000 networks every new one is compared with all others. */
  readonly #ranges = new Map<string, readonly Range4[]>();
  readonly #containers = new Map<string, Map<string, AttachedContainer>>();
  /** Says how containers were started. */
  readonly started = new FakeContainers();
  readonly #events = new EventQueue<DockerEvent>();
  #lastId = 0;
  /** Set while the engine does not answer. */
  down = false;

  constructor(kernel: FakeKernel, mutations: Mutations) {
    this.#kernel = kernel;
    this.#mutations = mutations;
  }

  /** All networks by name, whether the engine answers or not. */
  get known(): readonly DockerNetwork[] {
    return [...this.#networks.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * What somebody else does with `docker network create`; without a name for the bridge, Docker finds
   * one. Answers the id.
   */
  addNetwork(wish: Omit<DockerNetwork, 'id' | 'bridge'> & { readonly bridge?: string }): string {
    const short = (this.#lastId + 1).toString(16).padStart(12, '0');
    const id = short.padEnd(64, '0');
    const network = { ...wish, bridge: wish.bridge ?? `br-${short}` };
    this.#refuse(network);
    this.#lastId++;
    this.#networks.set(id, { ...network, id });
    this.#ranges.set(id, network.subnets.map(rangeOf));
    this.#containers.set(id, new Map());
    if (network.driver === 'bridge') {
      // Without a container a bridge has no carrier; its connected route is there all the same.
      this.#kernel.addLink(network.bridge, { carrier: false });
      const [subnet] = network.subnets;
      if (subnet !== undefined && network.gateway !== null) {
        const length = prefixLength(parseCidr4(subnet));
        this.#kernel.addAddress(network.bridge, `${network.gateway}/${length}`);
      }
    }
    this.#events.put({ type: 'network', action: 'create', name: network.name });
    return id;
  }

  /** What somebody else does with `docker network rm`. @throws SallyportError `docker_refused` */
  dropNetwork(id: string): void {
    const network = this.#find(id);
    if ((this.#containers.get(id)?.size ?? 0) > 0)
      throw refused(`network ${network.name} has active endpoints`);
    this.#networks.delete(id);
    this.#ranges.delete(id);
    this.#containers.delete(id);
    if (network.driver === 'bridge') this.#kernel.removeLink(network.bridge);
    this.#events.put({ type: 'network', action: 'destroy', name: network.name });
  }

  /** Starts a container on a network. */
  connect(networkId: string, container: AttachedContainer): void {
    const network = this.#find(networkId);
    this.#containers.get(networkId)?.set(container.id, container);
    this.#kernel.setCarrier(network.bridge, true);
    this.#events.put({ type: 'network', action: 'connect', name: network.name });
  }

  disconnect(networkId: string, containerId: string): void {
    const network = this.#find(networkId);
    const containers = this.#containers.get(networkId);
    containers?.delete(containerId);
    this.#kernel.setCarrier(network.bridge, (containers?.size ?? 0) > 0);
    this.#events.put({ type: 'network', action: 'disconnect', name: network.name });
  }

  async version() {
    this.#refuseDown();
    return { version: '20.10.24', apiVersion: '1.41' };
  }

  async networks(): Promise<readonly DockerNetwork[]> {
    this.#refuseDown();
    return this.known;
  }

  async attached(networkId: string): Promise<readonly AttachedContainer[]> {
    this.#refuseDown();
    this.#find(networkId);
    return [...(this.#containers.get(networkId)?.values() ?? [])];
  }

  async runningContainers() {
    this.#refuseDown();
    return this.started.running(this.#places());
  }

  async containerSettings(id: string) {
    this.#refuseDown();
    const known = this.started.running(this.#places());
    return known.some((container) => container.id === id) ? this.started.settings(id) : null;
  }

  createNetwork(request: DockerNetworkRequest): Promise<string> {
    return this.#mutations.mutate('docker.createNetwork', () => {
      this.#refuseDown();
      const { subnet, ipv6, ...rest } = request;
      const kind = { driver: 'bridge', scope: 'local', internal: false, ipv6: ipv6 !== null };
      return this.addNetwork({
        ...rest,
        ...kind,
        subnets: [subnet],
        subnets6: ipv6 === null ? [] : [ipv6.subnet],
        masquerade: false,
        icc: false,
      });
    });
  }

  removeNetwork(id: string): Promise<void> {
    return this.#mutations.mutate('docker.removeNetwork', () => {
      this.#refuseDown();
      if (this.#networks.has(id)) this.dropNetwork(id);
    });
  }

  events(signal: AbortSignal): AsyncIterable<DockerEvent> {
    return this.#events.follow(signal);
  }

  #places() {
    return this.known.flatMap((network) =>
      [...(this.#containers.get(network.id)?.values() ?? [])].map((container) => ({
        network,
        container,
      })),
    );
  }

  #refuse({ name, subnets, bridge, driver }: Omit<DockerNetwork, 'id'>): void {
    const wanted = subnets.map(rangeOf);
    for (const [id, other] of this.#networks) {
      if (other.name === name) throw refused(`network with name ${name} already exists`);
      const taken = this.#ranges.get(id) ?? [];
      if (wanted.some((a) => taken.some((b) => a.first <= b.last && b.first <= a.last)))
        throw refused('Pool overlaps with other one on this address space');
    }
    if (driver === 'bridge' && this.#kernel.hasLink(bridge))
      throw refused(`bridge name ${bridge} is taken`);
  }

  #refuseDown(): void {
    if (this.down) throw new SallyportError('docker_unreachable', 'Docker does not answer.');
  }

  #find(id: string): DockerNetwork {
    const network = this.#networks.get(id);
    if (network === undefined) throw refused(`network ${id} not found`);
    return network;
  }
}

function rangeOf(subnet: string): Range4 {
  return range4(parseCidr4(subnet));
}

function refused(why: string): SallyportError {
  return new SallyportError('docker_refused', `Docker refused: ${why}`);
}
