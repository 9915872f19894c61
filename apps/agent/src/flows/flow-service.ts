import type { NetworkSpec } from '@sallyport/core/network';
import type { FlowAnswer, FlowQuery } from '@sallyport/contract/flows';
import type { CountersView } from '@sallyport/contract/counters';
import { countersView } from '../accounting/counters-view.ts';
import { PortBook, type PortSlot } from '../accounting/port-use.ts';
import { Totals } from '../accounting/totals.ts';
import type { Docker, DockerEvent } from '../ports/docker.ts';
import type { FlowStore, FlowTracker } from '../ports/flows.ts';
import type { Clock } from '../ports/host.ts';
import type { Nft } from '../ports/nft.ts';
import { dockerTriggers } from '../reconcile/docker-triggers.ts';
import { FlowRecorder } from './flow-recorder.ts';
import { Holders } from './holders.ts';
import { keepSame } from '../observe/keep-same.ts';
import { managedSubnets } from './managed-subnets.ts';
import { searchFlows } from './search-flows.ts';

interface FlowServiceOptions {
  readonly tracker: FlowTracker;
  readonly store: FlowStore;
  readonly docker: Docker;
  readonly nft: Pick<Nft, 'counters'>;
  readonly clock: Clock;
  /** Ports of an egress address begin to run out, or there are enough again. */
  readonly onScarce: (slot: PortSlot, scarce: boolean) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Who used which address, and how much: the flow log and the counters. */
export class FlowService {
  readonly #options: FlowServiceOptions;
  readonly #stopped = new AbortController();
  readonly #holders = new Holders();
  readonly #totals = new Totals();
  readonly #ports: PortBook;
  readonly #recorder: FlowRecorder;
  readonly #since: number;
  #specs: readonly NetworkSpec[] = [];
  #networkOf = managedSubnets([]);

  constructor(options: FlowServiceOptions) {
    this.#options = options;
    this.#since = options.clock.now();
    this.#ports = new PortBook(options.onScarce);
    this.#recorder = new FlowRecorder({
      ...options,
      ports: this.#ports,
      totals: this.#totals,
      networkOf: ({ source, destination }) =>
        MULTICAST.test(destination.address) ? null : this.#networkOf(source.address),
      holderOf: (address, at) => this.#holders.at(address, at),
    });
  }

  /** Takes over the networks; before the first time no flow belongs to any. */
  publish(specs: readonly NetworkSpec[]): void {
    if (keepSame(this.#specs, specs) === this.#specs) return;
    this.#specs = specs;
    this.#networkOf = managedSubnets(specs);
  }

  /** After the first {@link publish}, so that flows of before are known. */
  async start(): Promise<void> {
    void this.#followContainers();
    await this.#look();
    this.#recorder.start();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#recorder.stop();
  }

  async search(query: FlowQuery): Promise<FlowAnswer> {
    await this.#recorder.flush();
    return searchFlows(this.#options.store, query);
  }

  /** Where ports of an egress address run out. */
  scarcePorts(): readonly PortSlot[] {
    return this.#ports.scarce();
  }

  counters(network: string | null): Promise<CountersView> {
    const { tracker, nft } = this.#options;
    return countersView({
      networks: this.#specs
        .map(({ name }) => name)
        .filter((name) => network === null || name === network),
      since: this.#since,
      totals: this.#totals,
      living: tracker.living(),
      originOf: (flow) => this.#recorder.originOf(flow),
      drops: nft.counters(),
    });
  }

  async #followContainers(): Promise<void> {
    const { docker } = this.#options;
    for await (const _ of dockerTriggers(docker, this.#stopped.signal, changesAddresses)) {
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    const { docker, clock, onFailure } = this.#options;
    try {
      this.#holders.update(await docker.runningContainers(), clock.now());
    } catch (error) {
      onFailure(error);
    }
  }
}

/** What a bridge tells a group about itself (RFC 3376, RFC 3810) does not leave, and is of no container. */
const MULTICAST = /^(22[4-9]|23\d)\.|^ff/;

const CONTAINER_ACTIONS = ['start', 'die', 'rename'];
const NETWORK_ACTIONS = ['connect', 'disconnect'];

function changesAddresses({ type, action }: DockerEvent): boolean {
  return (type === 'network' ? NETWORK_ACTIONS : CONTAINER_ACTIONS).includes(action);
}
