import { setTimeout as sleep } from 'node:timers/promises';
import type { Violation } from '@sallyport/contract/violations';
import type { NetworkSpec } from '@sallyport/core/network';
import type { RecordEvent } from '../events/recorded-event.ts';
import type { ReadContainerRoutes } from '../ports/containers.ts';
import type { Docker, DockerEvent } from '../ports/docker.ts';
import type { Clock } from '../ports/host.ts';
import type { Kept } from '../ports/store.ts';
import { dockerTriggers } from '../reconcile/docker-triggers.ts';
import type { RunReport } from '../reconcile/reconciler.ts';
import { ContainerLook } from './container-look.ts';
import { findViolations } from './find-violations.ts';
import type { Placed } from '../plan/leases.ts';
import { type Strays, straysAsElements } from '../plan/table-strays.ts';
import { type Found, managedById, placedOf, type Scene, straysOf } from './scene.ts';

interface ViolationWatchOptions {
  readonly docker: Docker;
  readonly readRoutes: ReadContainerRoutes;
  readonly clock: Clock;
  readonly record: RecordEvent;
  /** What was found, so that an agent that starts again knows since when. */
  readonly kept: Kept<readonly Violation[]>;
  /** Told when other packets are to be stopped than before, or other containers to have an address of their own. */
  readonly onChange: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** How often the routes of containers that may change them are read. */
const ROUTES_EVERY_MS = 1_000;
/**
 * Docker tells of `network connect` before its list of containers shows it (moby, daemon/network.go:
 * the event, then the checkpoint), so after each event there is a second look.
 */
const SECOND_LOOK_MS = 300;
const CONTAINER_ACTIONS = ['start', 'die', 'rename'];
const NETWORK_ACTIONS = ['connect', 'disconnect'];

/** Keeps the list of violations up to date, and tells as events which begin and end. */
export class ViolationWatch {
  readonly #options: ViolationWatchOptions;
  readonly #look: ContainerLook;
  readonly #stopped = new AbortController();
  #host: Pick<Scene, 'specs' | 'networks' | 'uplinks'> | null = null;
  #scene: Scene | null = null;
  #violations: readonly Violation[] = [];
  /** What the agent before had found; until the first look. */
  #former: Promise<readonly Violation[]> | null;
  /** What the loop was told last. */
  #told: { readonly strays: Strays | null; readonly placed: readonly Placed[] | null } = UNTOLD;
  /** Routes that look changed, and since when. */
  #suspects: ReadonlyMap<string, number> = new Map();
  #running: Promise<void> | null = null;
  #again = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: ViolationWatchOptions) {
    this.#options = options;
    this.#look = new ContainerLook(options.docker, options.readRoutes);
    this.#former = options.kept.load().then((found) => found ?? []);
  }

  /** Oldest first. @param network null: all */
  list(network: string | null): Violation[] {
    return this.#violations.filter((found) => network === null || found.network === network);
  }

  /**
   * What these networks want to be stopped, as far as they are strict; null before the first look. Asked
   * with the networks of the run that is under way, so that a change is in place when it is answered.
   */
  strays(specs: readonly NetworkSpec[]): Strays | null {
    if (this.#scene === null) return null;
    const strays = straysAsElements(straysOf({ ...this.#scene, specs }));
    this.#told = { ...this.#told, strays };
    return strays;
  }

  /** The containers of those of these networks that lease addresses; null and asked as `strays`. */
  placed(specs: readonly NetworkSpec[]): readonly Placed[] | null {
    if (this.#scene === null) return null;
    const placed = placedOf({ ...this.#scene, specs });
    this.#told = { ...this.#told, placed };
    return placed;
  }

  start(): void {
    void this.#followDocker();
    void this.#followRoutes();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
    await this.#saving;
  }

  /** Takes over the networks of a run of the loop, and looks at the containers again. */
  publish({ resolution, actual }: RunReport): void {
    this.#host = {
      specs: resolution.networks.map(({ spec }) => spec),
      networks: actual.docker.networks,
      uplinks: new Set(resolution.roles.uplinks.map(({ name }) => name)),
    };
    void this.look();
  }

  /** Looks now; while a look is under way, another one follows it. Never throws. */
  look(): Promise<void> {
    this.#again = this.#running !== null;
    this.#running ??= this.#lookUntilQuiet().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #lookUntilQuiet(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.#lookOnce();
      } catch (error) {
        // A silent Docker is told by the runs of the loop; what was found before stays.
        this.#options.onFailure(error);
      }
    } while (this.#again && !this.#stopped.signal.aborted);
  }

  async #lookOnce(): Promise<void> {
    if (this.#host === null) return;
    const { docker } = this.#options;
    // Without networks there is nothing to violate, and Docker is not asked.
    if (this.#host.specs.length === 0) return this.#take({ ...EMPTY, ...this.#host });
    const { version } = await docker.version();
    const seen = await this.#look.all(managedById(this.#host.specs, this.#host.networks));
    const known = new Set(this.#host.networks.map(({ id }) => id));
    const news = seen.containers.some(({ endpoints }) =>
      endpoints.some(({ networkId }) => !known.has(networkId)),
    );
    const networks = news ? await docker.networks() : this.#host.networks;
    await this.#take({ ...this.#host, ...seen, networks, engine: version });
  }

  /** Compares with what was found before. */
  async #take(scene: Scene): Promise<void> {
    this.#scene = scene;
    const former = await this.#known();
    const before = new Map(former.map((violation) => [keyOf(violation), violation]));
    const wanted = { strays: straysAsElements(straysOf(scene)), placed: placedOf(scene) };
    const found = this.#confirmed(findViolations(scene));
    const now = this.#options.clock.now();
    this.#violations = found
      .map((one) => ({ ...one, since: before.get(keyOf(one))?.since ?? now }))
      .toSorted((a, b) => a.since - b.since);
    if (JSON.stringify(wanted) !== JSON.stringify(this.#told)) this.#options.onChange();
    const present = new Set(found.map(keyOf));
    for (const one of found) if (!before.has(keyOf(one))) await this.#tell('violation', one);
    for (const [key, one] of before)
      if (!present.has(key)) await this.#tell('violation.ended', one);
    if (before.size !== present.size || found.some((one) => !before.has(keyOf(one)))) this.#save();
  }

  /** Beside the looks: a slow disk must not keep anybody from being found. */
  #save(): void {
    const { kept, onFailure } = this.#options;
    const found = this.#violations;
    this.#saving = this.#saving.then(() => kept.save(found)).catch(onFailure);
  }

  /** What was found before: at first by the agent before. */
  async #known(): Promise<readonly Violation[]> {
    if (this.#former === null) return this.#violations;
    const former = await this.#former;
    this.#former = null;
    // That one has looked twice already.
    this.#suspects = new Map(former.map((one) => [keyOf(one), -SECOND_LOOK_MS]));
    return former;
  }

  /**
   * A second network brings routes before Docker's list shows it, and would be told as changed routes for a
   * moment; so these must still be there at a second look.
   */
  #confirmed(found: readonly Found[]): readonly Found[] {
    const now = performance.now();
    const routes = found.filter(({ kind }) => kind === 'default-route').map(keyOf);
    this.#suspects = new Map(routes.map((key) => [key, this.#suspects.get(key) ?? now]));
    const young = (key: string) => now - (this.#suspects.get(key) ?? now) < SECOND_LOOK_MS;
    if (routes.some(young)) this.#lookAgain();
    return found.filter((one) => one.kind !== 'default-route' || !young(keyOf(one)));
  }

  #lookAgain(): void {
    void sleep(SECOND_LOOK_MS, undefined, { signal: this.#stopped.signal }).then(
      () => this.look(),
      () => undefined,
    );
  }

  async #tell(kind: 'violation' | 'violation.ended', { network, message }: Found): Promise<void> {
    await this.#options.record({ kind, network, message, reason: 'Docker', actor: null });
  }

  async #followDocker(): Promise<void> {
    const { signal } = this.#stopped;
    for await (const _ of dockerTriggers(this.#options.docker, signal, isAboutContainers)) {
      void this.look();
      this.#lookAgain();
    }
  }

  /** Nobody tells of routes within a container. */
  async #followRoutes(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await sleep(ROUTES_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (this.#running !== null || this.#scene === null) continue;
      const restless = [...this.#scene.settings].filter(([, { mayRoute }]) => mayRoute);
      if (restless.length === 0) continue;
      const routes = await this.#look.routes(new Map(restless)).catch(() => new Map());
      const known = this.#scene.routes;
      const changed = restless.some(
        ([id]) => JSON.stringify(routes.get(id)) !== JSON.stringify(known.get(id)),
      );
      if (changed) await this.look();
    }
  }
}

const UNTOLD = { strays: null, placed: null } as const;
const EMPTY = { containers: [], settings: new Map(), routes: new Map(), engine: '' } as const;

function isAboutContainers({ type, action }: DockerEvent): boolean {
  return type === 'network' ? NETWORK_ACTIONS.includes(action) : CONTAINER_ACTIONS.includes(action);
}

/** The same sentence about the same container is the same violation. */
function keyOf({ kind, network, container, message }: Found): string {
  return JSON.stringify([kind, network, container.id, message]);
}
