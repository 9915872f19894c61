import type { Duplex } from 'node:stream';
import { SallyportError } from '@sallyport/contract/errors';
import type { ConnectDisplay } from '../ports/display.ts';
import type { SessionContainer } from '../ports/sessions.ts';
import { addressOf, displayPassword, displayPort } from './session-view.ts';
import { splice } from './splice.ts';

interface DisplaysOptions {
  /** @throws SallyportError `session_not_found` */
  readonly find: (id: string) => Promise<SessionContainer>;
  readonly connect: ConnectDisplay;
}

/** A connection to a display, not yet passed on. */
export interface OpenDisplay {
  readonly password: string;
  /** Passes everything on between the two, until one of them or the container ends. */
  join(client: Duplex): void;
  /** Gives it up. */
  drop(): void;
}

/**
 * Tunnels from the agent's socket to displays. The display's port is reachable for nobody but this host, so that
 * whoever wants to see a desktop has to pass by here.
 */
export class Displays {
  readonly #options: DisplaysOptions;
  readonly #open = new Map<string, Set<Duplex>>();
  #closed = false;

  constructor(options: DisplaysOptions) {
    this.#options = options;
  }

  /**
   * The address is asked of Docker each time, by the container: it is another one after every start.
   * @throws SallyportError `session_not_found`, `session_state`, `display_unreachable`
   */
  async open(id: string): Promise<OpenDisplay> {
    const container = await this.#options.find(id);
    const { address, port, password } = placeOf(id, container);
    const display = await this.#connect({ address, port });
    display.on('error', () => undefined);
    try {
      // Its address may have become another's between the question and the connection.
      const after = await this.#options.find(id);
      if (display.destroyed) throw unreachable(address, port, 'it hung up');
      const same = after.startedAt === container.startedAt && addressOf(after) === address;
      if (same && after.state === 'running' && !this.#closed) {
        this.#keep(container.containerId, display);
        return {
          password,
          join: (client) => splice(client, display),
          drop: () => void display.destroy(),
        };
      }
      throw new SallyportError('session_state', `The session ${id} ended meanwhile.`);
    } catch (error) {
      display.destroy();
      throw error;
    }
  }

  /**
   * Ends all tunnels to a container that has ended. The kernel takes its network away with it, so that nobody
   * is left who could end the connection.
   */
  cut(containerId: string): void {
    for (const display of this.#open.get(containerId) ?? []) display.destroy();
  }

  /** Ends all tunnels, and makes no more. */
  close(): void {
    this.#closed = true;
    for (const containerId of this.#open.keys()) this.cut(containerId);
  }

  async #connect(place: Parameters<ConnectDisplay>[0]): Promise<Duplex> {
    try {
      return await this.#options.connect(place);
    } catch (error) {
      throw unreachable(place.address, place.port, (error as Error).message);
    }
  }

  #keep(containerId: string, display: Duplex): void {
    const all = this.#open.get(containerId) ?? new Set();
    this.#open.set(containerId, all.add(display));
    display.once('close', () => {
      all.delete(display);
      if (all.size === 0 && this.#open.get(containerId) === all) this.#open.delete(containerId);
    });
  }
}

function unreachable(address: string, port: number, why: string): SallyportError {
  return new SallyportError(
    'display_unreachable',
    `Nobody answers at ${address}:${port}: ${why}.`,
    { remedy: 'Wait until the session is ready, or read its logs.' },
  );
}

function placeOf(id: string, container: SessionContainer) {
  if (container.state !== 'running') {
    throw new SallyportError('session_state', `The session ${id} is ${container.state}.`, {
      remedy: container.state === 'paused' ? 'Resume it.' : 'Start it.',
    });
  }
  const address = addressOf(container);
  const port = displayPort(container);
  const password = displayPassword(container);
  if (address !== null && port !== null && password !== null) return { address, port, password };
  const what = address === null ? 'address in its network' : 'display';
  throw new SallyportError('display_unreachable', `The session ${id} has no ${what}.`);
}
