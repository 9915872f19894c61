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

/** A record, or a flow that began and of which the container is not looked up yet. */
type Waiting = FlowRecord | { readonly unresolved: FlowStart };

interface FlowStart {
  readonly at: number;
  readonly flow: TrackedFlow;
}

/** Not every packet has its own write to disk; and Docker has time to tell of a new container. */
const WRITE_EVERY_MS = 1_000;
/**
 * So many records are written at once, unless one still waits for its container: what lives for a second only
 * to be written costs a busy agent more in garbage collection than all else that it does with it.
 */
const WRITE_SOONER = 1_000;
/** Records that wait to be written, some 500 bytes each; what is beyond is lost, and that is told. */
const MOST_WAITING = 40_000;
/** Living flows that are remembered, some 60 bytes each. The oldest are given up first. */
const MOST_LIVING = 262_144;
/** After events were lost, living flows are looked at again, but not more often. */
const RESYNC_EVERY_MS = 10_000;

/** Writes the flow log: one record when a flow begins, one when it ends. */
export class FlowRecorder {
  readonly #options: FlowRecorderOptions;
  readonly #stopped = new AbortController();
  readonly #living = new Map<number, Living>();
  #waiting: Waiting[] = [];
  /** Where in `#waiting` a flow is that has begun and has no container yet; by the id of the flow. */
  readonly #unresolved = new Map<number, number>();
  #dropped = 0;
  #writing: Promise<void> = Promise.resolve();
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
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
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
        this.#push({ kind: 'gap', at: news.at, reason: 'the agent began to watch' });
        this.#sync(0);
        return;
      case 'lost':
        this.#push({ kind: 'gap', at: news.at, reason: news.reason });
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
    this.#unresolved.set(id, this.#waiting.length);
    this.#push({ unresolved: start });
  }

  /** Finds the container of a flow that began, unless that has been done. */
  #resolve(id: number): void {
    const index = this.#unresolved.get(id);
    if (index === undefined) return;
    this.#unresolved.delete(id);
    const record = this.#waiting[index];
    if (record === undefined || !('unresolved' in record)) return;
    const { at, flow } = record.unresolved;
    const origin = this.#originAt(flow, at);
    if (origin !== null) this.#waiting[index] = this.#begin('start', { at, flow, origin });
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
    return network === null ? null : { network, container: holderOf(flow.source.address, at) };
  }

  #push(record: Waiting): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(record);
    if (this.#waiting.length % WRITE_SOONER === 0 && this.#unresolved.size === 0) void this.flush();
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
      if (this.#waiting.length > MOST_WAITING / 2) await this.flush();
    }
    this.#options.onSynced();
  }

  async #writeRegularly(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await sleep(WRITE_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (this.#waiting.length > 0) await this.flush();
    }
  }

  async #write(): Promise<void> {
    for (const id of this.#unresolved.keys()) this.#resolve(id);
    // What is not of a managed network any more is left out.
    const records: FlowRecord[] = this.#waiting.flatMap((record) =>
      'unresolved' in record ? [] : [record],
    );
    this.#waiting = [];
    if (this.#dropped > 0) {
      const reason = `${this.#dropped} records were more than could be written in time`;
      records.push({ kind: 'gap', at: this.#options.clock.now(), reason });
      this.#dropped = 0;
      this.#sync(RESYNC_EVERY_MS);
    }
    if (records.length === 0) return;
    await this.#options.store.append(records).catch(this.#options.onFailure);
  }
}
