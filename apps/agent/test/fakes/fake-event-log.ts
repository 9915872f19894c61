import type { AgentEvent } from '@sallyport/contract/host';
import type { EventLog } from '../../src/ports/store.ts';

/** Events in memory; a log that can be full. */
export class FakeEventLog implements EventLog {
  readonly events: AgentEvent[] = [];
  full = false;

  async append(event: AgentEvent): Promise<void> {
    if (this.full) throw new Error('ENOSPC: no space left on device');
    this.events.push(event);
  }

  async read(limit: number, network: string | null): Promise<readonly AgentEvent[]> {
    return this.events
      .filter((event) => network === null || event.network === network)
      .slice(-limit);
  }
}
