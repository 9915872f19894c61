import { setTimeout as sleep } from 'node:timers/promises';
import { type HostMonitor, READINGS, type Reading } from '../ports/host.ts';
import type { RunReport } from './reconciler.ts';
import type { Request } from './request.ts';
import type { SingleFlight } from './single-flight.ts';

/** A full comparison, in case a monitor has missed something. */
const SAFETY_NET_MS = 60_000;
/** Least time between two runs that nobody waits for: a host that changes all the time must not spin. */
const GAP_MS = 100;
/**
 * From the end of a run during which something changed to the next. A wish's run changes the host
 * itself; a look right after it would start half a dozen processes, which holds the event loop for
 * some 10 ms, before the wish is answered.
 */
const ANSWER_MS = 20;
/** Of a burst of changes; the rest say no more. */
const KEPT_REASONS = 20;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

interface Pending {
  readonly reasons: Set<string>;
  readonly watches: Set<Reading>;
}

interface TriggerOptions {
  readonly flight: SingleFlight<RunReport, Request>;
  readonly onCrash: (error: unknown) => void;
}

/**
 * Turns changes of the host and the passing of time into runs of the reconcile loop. A run that failed
 * is tried again, later each time.
 */
export class Triggers {
  readonly #options: TriggerOptions;
  readonly #stopped = new AbortController();
  #retryMs = FIRST_RETRY_MS;
  #retrying = false;
  #pending: Pending | null = null;
  #lastEnd = 0;

  constructor(options: TriggerOptions) {
    this.#options = options;
  }

  start(monitors: readonly HostMonitor[]): void {
    for (const monitor of monitors) void this.#follow(monitor);
    void this.#safetyNet();
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Runs now and answers with the report; for whoever waits. */
  async run(...requests: readonly Request[]): Promise<RunReport> {
    const report = await this.#options.flight.request(requests);
    this.#lastEnd = performance.now();
    if (report.failures.length > 0) void this.#retry();
    else this.#retryMs = FIRST_RETRY_MS;
    return report;
  }

  /** Runs soon; many pokes make one run. */
  poke(reason: string, watches: readonly Reading[] = READINGS): void {
    const pending = this.#pending ?? { reasons: new Set(), watches: new Set() };
    if (pending.reasons.size < KEPT_REASONS) pending.reasons.add(reason);
    for (const reading of watches) pending.watches.add(reading);
    if (this.#pending !== null) return;
    this.#pending = pending;
    void this.#runPending();
  }

  async #runPending(): Promise<void> {
    const wait = this.#lastEnd + GAP_MS - performance.now();
    if (wait > 0) await this.#sleep(wait);
    const { underWay } = this.#options.flight;
    if (underWay !== null) {
      await underWay;
      await this.#sleep(ANSWER_MS);
    }
    const { reasons = [], watches = [] } = this.#pending ?? {};
    this.#pending = null;
    if (this.#stopped.signal.aborted) return;
    try {
      await this.run(...[...reasons].map((reason) => ({ reason, watches: [...watches] })));
    } catch (error) {
      this.#options.onCrash(error);
      void this.#retry();
    }
  }

  /** One at a time: else each failed run of the timer would begin a chain of its own, for good. */
  async #retry(): Promise<void> {
    if (this.#retrying) return;
    this.#retrying = true;
    const wait = this.#retryMs;
    this.#retryMs = Math.min(wait * 2, LAST_RETRY_MS);
    await this.#sleep(wait);
    this.#retrying = false;
    this.poke('trying again');
  }

  async #safetyNet(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      await this.#sleep(SAFETY_NET_MS);
      this.poke('timer');
    }
  }

  async #follow(monitor: HostMonitor): Promise<void> {
    try {
      for await (const reason of monitor.changes(this.#stopped.signal))
        this.poke(reason, monitor.watches);
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#options.onCrash(error);
    }
  }

  async #sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }
}
