import type { FlowNews, FlowTracker, TrackedFlow } from '../../src/ports/flows.ts';
import { EventQueue } from './event-queue.ts';

/** Flows that a test begins and ends. */
export class FakeFlowTracker implements FlowTracker {
  readonly #news = new EventQueue<FlowNews>();
  readonly #living = new Map<number, TrackedFlow>();

  begin(flow: TrackedFlow, at: number): void {
    this.#living.set(flow.id, flow);
    this.#news.put({ kind: 'start', at, flow });
  }

  end(flow: TrackedFlow, at: number): void {
    this.#living.delete(flow.id);
    this.#news.put({ kind: 'end', at, flow });
  }

  /** Something happens without being told, as with a full buffer. */
  lose(happened: { readonly ends?: TrackedFlow; readonly begins?: TrackedFlow }, at: number): void {
    if (happened.ends) this.#living.delete(happened.ends.id);
    if (happened.begins) this.#living.set(happened.begins.id, happened.begins);
    this.#news.put({ kind: 'lost', at, reason: 'there were more events than the buffer holds' });
  }

  async *follow(signal: AbortSignal): AsyncIterable<readonly FlowNews[]> {
    yield [{ kind: 'watching', at: 0 }];
    for await (const news of this.#news.follow(signal)) yield [news];
  }

  async *living(): AsyncIterable<TrackedFlow> {
    yield* this.#living.values();
  }
}
