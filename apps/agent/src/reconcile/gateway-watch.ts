import { setTimeout as sleep } from 'node:timers/promises';
import type { Resolution } from '../plan/resolve.ts';
import type { Neighbours, Router } from '../ports/neighbours.ts';

interface GatewayWatchOptions {
  readonly neighbours: Neighbours;
  /** Told when a router has fallen silent or answers again, and while a network waits to go back. */
  readonly onChange: () => void;
  /** Whether a network would change its way now, although no router has changed. */
  readonly isDue: () => boolean;
  readonly onFailure: (error: unknown) => void;
}

const EVERY_MS = 2_000;
/** So many times in a row a router may be silent: an answer may be lost. */
const MISSES = 3;

/** Asks the routers of networks with fallbacks, and of no others, whether they are there. */
export class GatewayWatch {
  readonly #options: GatewayWatchOptions;
  readonly #stopped = new AbortController();
  #routers: readonly Router[] = [];
  #misses: ReadonlyMap<string, number> = new Map();

  constructor(options: GatewayWatchOptions) {
    this.#options = options;
  }

  /** From now on these, and no others. */
  watch(routers: readonly Router[]): void {
    this.#routers = [...new Map(routers.map((router) => [keyOf(router), router])).values()];
  }

  /** Whether it has not answered several times in a row. */
  isSilent(router: Router): boolean {
    return (this.#misses.get(keyOf(router)) ?? 0) >= MISSES;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** One question to each router. */
  async look(): Promise<void> {
    const routers = this.#routers;
    const before = routers.map((router) => this.isSilent(router));
    const answers = await this.#options.neighbours.ask(routers);
    this.#misses = new Map(
      routers.map((router, index) => {
        const missed = this.#misses.get(keyOf(router)) ?? 0;
        const answer = answers[index] ?? null;
        return [keyOf(router), answer === null ? missed : answer ? 0 : missed + 1];
      }),
    );
    const changed = routers.some((router, index) => this.isSilent(router) !== before[index]);
    if (changed || this.#options.isDue()) this.#options.onChange();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || this.#routers.length === 0) continue;
      await this.look().catch(this.#options.onFailure);
    }
  }
}

/** The routers by which networks with fallbacks may leave. */
export function routersOf({ networks }: Resolution): readonly Router[] {
  return networks.flatMap(({ candidates }) => candidates.flatMap(({ router }) => router ?? []));
}

function keyOf({ device, gateway }: Router): string {
  return `${device} ${gateway}`;
}
