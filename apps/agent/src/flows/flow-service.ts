import { setTimeout as sleep } from 'node:timers/promises';
import type { NetworkSpec } from '@sallyport/core/network';
import type { FlowAnswer, FlowQuery } from '@sallyport/contract/flows';
import type { CountersView } from '@sallyport/contract/counters';
import { CounterBook, type StoredCounters } from '../accounting/counter-book.ts';
import { PortBook, type PortSlot } from '../accounting/port-use.ts';
import type { Docker, DockerEvent } from '../ports/docker.ts';
import type { FlowStore, FlowTracker, TrackedFlow } from '../ports/flows.ts';
import type { Clock } from '../ports/host.ts';
import type { Nft } from '../ports/nft.ts';
import type { Kept } from '../ports/store.ts';
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
  readonly kept: Kept<StoredCounters>;
  /** Ports of an egress address begin to run out, or there are enough again. */
  readonly onScarce: (slot: PortSlot, scarce: boolean) => void;
  readonly onFailure: (error: unknown) => void;
}

const SAVE_EVERY_MS = 60_000;

/** Who used which address, and how much: the flow log and the counters. */
export class FlowService {
  readonly #options: FlowServiceOptions;
  readonly #stopped = new AbortController();
  readonly #holders = new Holders();
  readonly #book: CounterBook;
  readonly #ports: PortBook;
  readonly #recorder: FlowRecorder;
  #specs: readonly NetworkSpec[] = [];
  #networkOf = managedSubnets([]);

  constructor(options: FlowServiceOptions) {
    this.#options = options;
    const { kept, onFailure } = options;
    this.#book = new CounterBook({ kept, since: options.clock.now(), onFailure });
    this.#ports = new PortBook(options.onScarce);
    this.#recorder = new FlowRecorder({
      ...options,
      ports: this.#ports,
      totals: this.#book.totals,
      onSynced: () => void this.#book.makeUp(this.#lookAt([])).catch(onFailure),
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
    await this.#book.load();
    this.#recorder.start();
    void this.#saveRegularly();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#recorder.stop();
    await this.#book.save();
  }

  async search(query: FlowQuery): Promise<FlowAnswer> {
    await this.#recorder.flush();
    return searchFlows(this.#options.store, query);
  }

  /** Where ports of an egress address run out. */
  scarcePorts(): readonly PortSlot[] {
    return this.#ports.scarce();
  }

  async counters(network: string | null): Promise<CountersView> {
    const names = this.#specs.map(({ name }) => name);
    const look = this.#lookAt(names.filter((name) => network === null || name === network));
    const [counted, drops] = await Promise.all([
      this.#book.view(look),
      this.#options.nft.counters(),
    ]);
    return { ...counted, drops: { ...drops } };
  }

  #lookAt(names: readonly string[]) {
    return {
      names,
      living: this.#options.tracker.living(),
      originOf: (flow: TrackedFlow) => this.#recorder.originOf(flow),
    };
  }

  /** What was told is stored then; this is for what ends between two questions. */
  async #saveRegularly(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await sleep(SAVE_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.#book.save();
    }
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
