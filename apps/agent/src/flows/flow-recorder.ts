import { setTimeout as sleep } from 'node:timers/promises';
import type { PortBook, PortSlot } from '../accounting/port-use.ts';
import type { Totals } from '../accounting/totals.ts';
import type { Clock } from '../ports/host.ts';
import type {
  FlowNews,
  FlowRecord,
  FlowStore,
  FlowTracker,
  Origin,
  TrackedFlow,
} from '../ports/flows.ts';
import type { Holder } from './holders.ts';

interface FlowRecorderOptions {
  readonly tracker: FlowTracker;
  readonly store: FlowStore;
  readonly totals: Totals;
  readonly ports: PortBook;
  readonly clock: Clock;
  /** The managed network from which a flow comes; null: from none. */
  readonly networkOf: (flow: TrackedFlow) => string | null;
  readonly holderOf: (address: string, at: number) => Holder | null;
  /** All living flows were looked at, after some may have been missed. */
  readonly onSynced: () => void;
  /** Records could not be stored, or flows not be followed. */
  readonly onFailure: (error: unknown) => void;
}

/** A flow that lives: what its end will not tell. */
interface Living {
  readonly startedAt: number | null;
  readonly origin: Origin;
  /** The port that it takes; null: none. */
  readonly slot: PortSlot | null;
}

interface FlowStart {
  readonly at: number;
  readonly flow: TrackedFlow;
}

/** Not every packet has its own write to disk; and Docker has time to tell of a new container. */
const WRITE_EVERY_MS = 1_000;
/** So much is written before its time: then nothing of it waits long while flows come fast. */
const WRITE_SOONER_BYTES = 512 * 1024;
/** Records that wait to be written; what is beyond is lost, and that is told. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024;
/** Flows that wait for their container: a second of a busy one that Docker tells late of. */
const MOST_UNRESOLVED = 16_384;
/** Living flows that are remembered, some 60 bytes each. The oldest are given up first. */
const MOST_LIVING = 262_144;
/** After events were lost, living flows are looked at again, but not more often. */
const RESYNC_EVERY_MS = 10_000;

/** Writes the flow log: one record when a flow begins, one when it ends. */
export class FlowRecorder {
  readonly #options: FlowRecorderOptions;
  readonly #stopped = new AbortController();
  readonly #living = new Map<number, Living>();
  /** Flows that have begun and have no container yet, by their ids: they wait for the next write. */
  readonly #unresolved = new Map<number, FlowStart>();
  /** The last one that was made: many flows in a row are of one container. */
  #origin: Origin | null = null;
  #dropped = 0;
  #writing: Promise<void> | null = null;
  #syncing: Promise<void> | null = null;
  /** Something was missed since the look at living flows began. */
  #syncAgain = false;

  constructor(options: FlowRecorderOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#follow();
    void this.#writeRegularly();
  }

  /** What waits is written. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#syncing;
    await this.flush();
  }

  /** Everything that was told until now is in the store afterwards. */
  async flush(): Promise<void> {
    this.#resolveAll();
    await this.#write();
  }

  /** The origin of a flow that lives; null: not of a managed network. */
  originOf(flow: TrackedFlow): Origin | null {
    return this.#living.get(flow.id)?.origin ?? this.#originAt(flow, this.#options.clock.now());
  }

  async #follow(): Promise<void> {
    const { tracker, onFailure } = this.#options;
    const { signal } = this.#stopped;
    try {
      for await (const some of tracker.follow(signal)) {
        for (const news of some) this.#take(news);
      }
    } catch (error) {
      if (!signal.aborted) onFailure(error);
    }
  }

  #take(news: FlowNews): void {
    switch (news.kind) {
      case 'watching':
        this.#pushGap(news.at, 'the agent began to watch');
        this.#sync(0);
        return;
      case 'lost':
        this.#pushGap(news.at, news.reason);
        this.#options.onFailure(new Error(`flows were missed: ${news.reason}`));
        this.#sync(RESYNC_EVERY_MS);
        return;
      case 'start':
        this.#started(news);
        return;
      case 'end':
        this.#end(news.at, news.flow);
    }
  }

  #end(at: number, flow: TrackedFlow): void {
    const { networkOf, totals } = this.#options;
    if (networkOf(flow) === null) return;
    this.#resolve(flow.id);
    const living = this.#forget(flow.id);
    const origin = living?.origin ?? this.#originAt(flow, at);
    if (origin === null) return;
    totals.ended(origin, flow);
    this.#push({ kind: 'end', at, startedAt: living?.startedAt ?? null, flow, ...origin });
  }

  /** A flow that began. Where no container is known to have the address, Docker may tell of it yet. */
  #started(start: FlowStart): void {
    const { id } = start.flow;
    // The kernel has given the number of a flow that ended to another one, and the end was missed.
    this.#resolve(id);
    const origin = this.#originAt(start.flow, start.at);
    if (origin === null) return;
    if (origin.container !== null) {
      this.#push(this.#begin('start', { ...start, origin }));
      return;
    }
    if (this.#unresolved.size >= MOST_UNRESOLVED) this.#resolveAll();
    this.#unresolved.set(id, start);
  }

  /** Records a flow that began, unless that has been done; its container is looked up now. */
  #resolve(id: number): void {
    const start = this.#unresolved.get(id);
    if (start === undefined) return;
    this.#unresolved.delete(id);
    const origin = this.#originAt(start.flow, start.at);
    // What is not of a managed network any more is left out.
    if (origin !== null) this.#push(this.#begin('start', { ...start, origin }));
  }

  #resolveAll(): void {
    for (const id of this.#unresolved.keys()) this.#resolve(id);
  }

  #begin(
    kind: 'start' | 'open',
    { at, flow, origin }: FlowStart & { readonly origin: Origin },
  ): FlowRecord {
    const startedAt = kind === 'start' ? at : null;
    if (this.#living.size >= MOST_LIVING) this.#forget(this.#living.keys().next().value ?? 0);
    // The kernel gives the number of a flow that has ended to another one.
    this.#forget(flow.id);
    this.#living.set(flow.id, { startedAt, origin, slot: this.#options.ports.take(flow) });
    if (kind === 'start') this.#options.totals.began(origin);
    return { kind, at, startedAt, flow, ...origin };
  }

  #forget(id: number): Living | undefined {
    const living = this.#living.get(id);
    if (living === undefined) return undefined;
    this.#living.delete(id);
    if (living.slot !== null) this.#options.ports.release(living.slot);
    return living;
  }

  #originAt(flow: TrackedFlow, at: number): Origin | null {
    const { networkOf, holderOf } = this.#options;
    const network = networkOf(flow);
    if (network === null) return null;
    const container = holderOf(flow.source.address, at);
    const last = this.#origin;
    if (last?.network === network && last.container === container) return last;
    this.#origin = { network, container };
    return this.#origin;
  }

  #push(record: FlowRecord): void {
    const { store } = this.#options;
    if (store.waiting >= MOST_WAITING_BYTES) {
      this.#dropped += 1;
      return;
    }
    store.add(record);
    if (store.waiting >= WRITE_SOONER_BYTES && this.#writing === null) void this.#write();
  }

  /** Records stay in the order of time: flows that began before are recorded before. */
  #pushGap(at: number, reason: string): void {
    this.#resolveAll();
    this.#push({ kind: 'gap', at, reason });
  }

  /** Living flows that are not known yet are recorded as open. */
  #sync(after: number): void {
    this.#syncAgain = this.#syncing !== null;
    this.#syncing ??= this.#syncOnce(after)
      .catch(this.#options.onFailure)
      .finally(() => {
        this.#syncing = null;
        if (this.#syncAgain) this.#sync(RESYNC_EVERY_MS);
      });
  }

  async #syncOnce(after: number): Promise<void> {
    const { signal } = this.#stopped;
    await sleep(after, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await this.flush();
    const { tracker, clock, networkOf } = this.#options;
    for await (const flow of tracker.living()) {
      if (signal.aborted) return;
      if (networkOf(flow) === null) continue;
      const at = clock.now();
      const known = this.#living.get(flow.id);
      const origin = known?.origin ?? this.#originAt(flow, at);
      if (origin === null) continue;
      this.#push(
        known === undefined
          ? this.#begin('open', { at, flow, origin })
          : { kind: 'open', at, startedAt: known.startedAt, flow, ...origin },
      );
      if (this.#options.store.waiting > MOST_WAITING_BYTES / 2) await this.flush();
    }
    this.#options.onSynced();
  }

  async #writeRegularly(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await sleep(WRITE_EVERY_MS, undefined, { signal }).catch(() => undefined);
      await this.flush();
    }
  }

  /** One write after the other; who asks while one runs waits for the next. */
  async #write(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    this.#writing = this.#writeOnce().finally(() => {
      this.#writing = null;
    });
    await this.#writing;
  }

  async #writeOnce(): Promise<void> {
    const { store, clock, onFailure } = this.#options;
    await store.flush().catch(onFailure);
    if (this.#dropped === 0) return;
    const reason = `${this.#dropped} records were more than could be written in time`;
    this.#dropped = 0;
    store.add({ kind: 'gap', at: clock.now(), reason });
    this.#sync(RESYNC_EVERY_MS);
    await store.flush().catch(onFailure);
  }
}
