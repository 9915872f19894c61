import type { LiveEvent } from '@sallyport/contract/server/live-endpoints';
import type { World } from '../ids.ts';

/** How many events are kept for those who come back or read slowly. */
export const KEPT_EVENTS = 1000;
const HEARTBEAT_MS = 15_000;

interface Kept {
  readonly seq: number;
  readonly event: LiveEvent;
}

interface Follower {
  /** `Last-Event-ID` of the request. */
  readonly lastEventId: string | null;
  /** What the follower may see of these, asked anew each time; null: nobody is signed in any more. */
  readonly visible: (events: readonly LiveEvent[]) => Promise<ReadonlySet<LiveEvent> | null>;
}

/**
 * What has changed, told to whoever listens. Followers pull from one bounded list, so that a slow
 * one costs no memory: it is told to read everything anew when it has fallen behind the list.
 */
export class Live {
  readonly #now: () => number;
  readonly #heartbeatMs: number;
  /** Numbers of another process mean nothing here. */
  readonly #epoch: string;
  readonly #waiting = new Set<() => void>();
  #kept: readonly Kept[] = [];
  #last = 0;
  #closed = false;

  constructor({ now, randomBytes }: World, heartbeatMs = HEARTBEAT_MS) {
    this.#now = now;
    this.#heartbeatMs = heartbeatMs;
    this.#epoch = randomBytes(6).toString('hex');
  }

  publish(event: Omit<LiveEvent, 'at'>): void {
    this.#last += 1;
    const kept = { seq: this.#last, event: { ...event, at: this.#now() } };
    this.#kept = [...this.#kept, kept].slice(-KEPT_EVENTS);
    this.#wake();
  }

  /** Text of a server-sent event stream, until nobody is signed in any more or the server ends. */
  async *follow({ lastEventId, visible }: Follower): AsyncGenerator<string> {
    const known = this.#seqOf(lastEventId);
    let seen = known ?? this.#last;
    // Something at once: some proxies hold headers back until there is a body.
    yield lastEventId !== null && known === null ? this.#reset(seen) : ': hello\n\n';
    while (!this.#closed) {
      const { missed, fresh } = this.#since(seen);
      const shown = await visible(fresh.map(({ event }) => event));
      if (shown === null) return;
      if (missed) yield this.#reset(fresh[0] === undefined ? this.#last : fresh[0].seq - 1);
      for (const { seq, event } of fresh) {
        seen = seq;
        if (shown.has(event)) yield `id: ${this.#id(seq)}\ndata: ${JSON.stringify(event)}\n\n`;
      }
      if (seen < this.#last) continue;
      if ((await this.#news()) === 'quiet') yield ': still here\n\n';
    }
  }

  /** A right may be gone: every stream asks now who its reader is. */
  recheck(): void {
    this.#wake();
  }

  /** Ends every stream; those that read reconnect elsewhere. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #since(seen: number): { readonly missed: boolean; readonly fresh: readonly Kept[] } {
    const first = this.#kept[0]?.seq ?? 1;
    return { missed: first > seen + 1, fresh: this.#kept.filter(({ seq }) => seq > seen) };
  }

  #id(seq: number): string {
    return `${this.#epoch}-${seq}`;
  }

  /** @returns null for what this process has not given */
  #seqOf(id: string | null): number | null {
    const [epoch, digits = ''] = (id ?? '').split('-');
    if (epoch !== this.#epoch || !/^\d{1,15}$/.test(digits)) return null;
    const seq = Number(digits);
    return seq <= this.#last ? seq : null;
  }

  #reset(seq: number): string {
    return `id: ${this.#id(seq)}\nevent: reset\ndata: {}\n\n`;
  }

  async #news(): Promise<'news' | 'quiet'> {
    if (this.#closed) return 'news';
    return new Promise((resolve) => {
      const settle = (what: 'news' | 'quiet') => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve(what);
      };
      const wake = () => settle('news');
      const timer = setTimeout(() => settle('quiet'), this.#heartbeatMs);
      this.#waiting.add(wake);
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
