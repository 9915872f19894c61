import { join } from 'node:path';
import { NamespaceHandle, type NamespaceContext } from './namespace-handle.ts';
import { isAlive } from './process/identity.ts';
import type { Arrival, ArrivalFilter } from './wan/arrival.ts';
import { WanClient } from './wan/client.ts';

const MAIN = join(import.meta.dirname, 'wan', 'main.ts');

/** The machine beyond: its services, and what has reached them. */
export class WanHandle extends NamespaceHandle {
  readonly #client: WanClient;
  readonly #controlSocket: string;

  constructor(context: NamespaceContext) {
    super(context);
    this.#controlSocket = join(context.runDir, 'wan.sock');
    this.#client = new WanClient(this.#controlSocket);
  }

  /** Starts the services on these addresses and waits until all listen. */
  async startServices(addresses: readonly string[], signal?: AbortSignal): Promise<void> {
    const args = [MAIN, this.#controlSocket, ...addresses];
    const { identity } = await this.spawn(process.execPath, args, { role: 'wan' });
    await this.#client.waitUntilReady(() => isAlive(identity), signal);
  }

  /**
   * What reached the services and fits, oldest first.
   *
   * @throws Error when the bounded log has forgotten what may have fitted.
   */
  arrivals(filter: ArrivalFilter = {}): Promise<readonly Arrival[]> {
    return this.#client.arrivals(filter);
  }

  /** Gives the machine beyond one more address, ADDRESS/PREFIX on `lo`, with every service on it. */
  async addServiceAddress(cidr: string): Promise<void> {
    const nodad = cidr.includes(':') ? ['nodad'] : [];
    await this.exec('ip', ['address', 'add', cidr, 'dev', 'lo', ...nodad]);
    await this.#client.listenOn(cidr.replace(/\/.*$/, ''));
  }
}
