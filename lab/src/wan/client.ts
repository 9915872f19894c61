import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrival, ArrivalFilter } from './arrival.ts';
import { parseArrivalReport, renderArrivalFilter } from './control-protocol.ts';

/** The machine beyond, asked through its control socket. */
export class WanClient {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /**
   * What reached the services and fits, oldest first.
   *
   * @throws Error when the bounded log has already forgotten what may have fitted.
   */
  async arrivals(filter: ArrivalFilter = {}): Promise<readonly Arrival[]> {
    const path = `/arrivals?${renderArrivalFilter(filter).toString()}`;
    const report = parseArrivalReport(await this.#call('GET', path));
    if (report.forgotten > 0 && report.forgottenUntil >= (filter.since ?? 0)) {
      throw new Error(
        `the log has forgotten ${String(report.forgotten)} arrivals: ask for later ones`,
      );
    }
    return report.arrivals;
  }

  /** Starts every service on one more address, which the wan namespace must have. */
  async listenOn(address: string): Promise<void> {
    await this.#call('POST', `/listen?${new URLSearchParams({ address }).toString()}`);
  }

  /** Waits until every service listens. */
  async waitUntilReady(alive: () => boolean, signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      try {
        await this.#call('GET', '/health');
        return;
      } catch (error) {
        if (!alive()) throw new Error('the services beyond ended at their start', { cause: error });
      }
      await sleep(10);
    }
  }

  #call(method: string, path: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // A connection each: a kept one may be closed at the moment at which it is used again.
      const options = {
        socketPath: this.#socketPath,
        method,
        path,
        timeout: 10_000,
        agent: false,
      };
      const call = request(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(text));
          else reject(new Error(`${method} ${path}: ${String(response.statusCode)} ${text}`));
        });
        response.on('error', reject);
      });
      call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer`)));
      call.on('error', reject);
      call.end();
    });
  }
}
