import { EventEmitter, on } from 'node:events';
import type { AgentEvent } from '@sallyport/contract/host';
import type { RecordedEvent } from './recorded-event.ts';
import type { Clock } from '../ports/host.ts';
import type { EventLog } from '../ports/store.ts';

interface EventBookOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Told when an event could not be stored; the event itself is then only in the agent's log. */
  readonly onLost: (event: AgentEvent, error: unknown) => void;
}

/** Keeps events, and passes new ones on to whoever follows. */
export class EventBook {
  readonly #options: EventBookOptions;
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  constructor(options: EventBookOptions) {
    this.#options = options;
  }

  /** Never throws: what is happening matters more than its record. */
  async record(recorded: RecordedEvent): Promise<void> {
    const { log, clock, onLost } = this.#options;
    const event: AgentEvent = { id: clock.id(), at: clock.now(), ...recorded };
    try {
      await log.append(event);
    } catch (error) {
      onLost(event, error);
    }
    this.#emitter.emit('event', event);
  }

  async read(limit: number, network: string | null): Promise<AgentEvent[]> {
    return [...(await this.#options.log.read(limit, network))];
  }

  async *follow(signal: AbortSignal): AsyncIterable<AgentEvent> {
    try {
      for await (const [event] of on(this.#emitter, 'event', { signal })) yield event as AgentEvent;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
