import type {
  ContainerRoute,
  ContainerSettings,
  ReadContainerRoutes,
  RunningContainer,
} from '../ports/containers.ts';
import type { Docker } from '../ports/docker.ts';
import { homesOf, type Managed, type Scene } from './scene.ts';

type Seen = Pick<Scene, 'containers' | 'settings' | 'routes'>;

/**
 * Looks at the containers of the host. How one was started can't change while it runs, so each is asked
 * for it once: with 1,000 containers a look is one request and 1,000 small files.
 */
export class ContainerLook {
  readonly #docker: Docker;
  readonly #readRoutes: ReadContainerRoutes;
  /** By start of a container. */
  #known: ReadonlyMap<string, ContainerSettings> = new Map();

  constructor(docker: Docker, readRoutes: ReadContainerRoutes) {
    this.#docker = docker;
    this.#readRoutes = readRoutes;
  }

  /** @throws SallyportError as Docker's methods do */
  async all(managed: ReadonlyMap<string, Managed>): Promise<Seen> {
    const containers = await this.#docker.runningContainers();
    const ours = containers.filter((container) => homesOf(container, managed).length > 0);
    const known = new Map<string, ContainerSettings>();
    const settings = new Map<string, ContainerSettings>();
    await Promise.all(
      ours.map(async (container) => {
        const start = startOf(container);
        const found =
          this.#known.get(start) ?? (await this.#docker.containerSettings(container.id));
        // It ended meanwhile; the event of that begins another look.
        if (found === null) return;
        known.set(start, found);
        settings.set(container.id, found);
      }),
    );
    this.#known = known;
    return { containers, settings, routes: await this.routes(settings) };
  }

  /** The routes of these containers now. */
  async routes(
    settings: ReadonlyMap<string, ContainerSettings>,
  ): Promise<ReadonlyMap<string, readonly ContainerRoute[]>> {
    const read = await Promise.all(
      [...settings].map(async ([id, { pid }]) => {
        const routes = pid === 0 ? null : await this.#readRoutes(pid);
        return routes === null ? [] : ([[id, routes]] as const);
      }),
    );
    return new Map(read.flat());
  }
}

/** Endpoints are new ones after every start, and a container on a managed network has one. */
function startOf({ id, endpoints }: RunningContainer): string {
  return [id, ...endpoints.map(({ endpointId }) => endpointId)].join(' ');
}
