import type { ContainerSettings, RunningContainer } from '../../src/ports/containers.ts';
import type { AttachedContainer, DockerNetwork } from '../../src/ports/docker.ts';

const SETTINGS: ContainerSettings = { pid: 1, dns: [], mayRoute: false };

/** How somebody started a container; what is left out is as Docker has it. */
export type ContainerWish = Partial<ContainerSettings> &
  Partial<Pick<RunningContainer, 'networkMode' | 'labels'>>;

/** Containers beyond what their networks know of them. */
export class FakeContainers {
  readonly #wishes = new Map<string, ContainerWish>();

  /** Says how a container was started; it runs when it is on a network, or has another's or the host's. */
  set(id: string, wish: ContainerWish): void {
    this.#wishes.set(id, wish);
  }

  remove(id: string): void {
    this.#wishes.delete(id);
  }

  settings(id: string): ContainerSettings {
    const { pid, dns, mayRoute } = { ...SETTINGS, ...this.#wishes.get(id) };
    return { pid, dns, mayRoute };
  }

  running(places: readonly Place[]): readonly RunningContainer[] {
    const ids = new Set([...places.map(({ container }) => container.id), ...this.#wishes.keys()]);
    return [...ids]
      .map((id) => this.#one(id, places))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  #one(id: string, places: readonly Place[]): RunningContainer {
    const own = places.filter(({ container }) => container.id === id);
    const { networkMode, labels } = this.#wishes.get(id) ?? {};
    return {
      id,
      name: own[0]?.container.name ?? id,
      networkMode: networkMode ?? own[0]?.network.name ?? 'none',
      endpoints: own
        .map(({ network, container }) => ({
          networkId: network.id,
          networkName: network.name,
          endpointId: `${network.id}-${id}`,
          ipv4: container.ipv4,
          ipv6: '',
        }))
        .toSorted((a, b) => (a.networkId < b.networkId ? -1 : 1)),
      labels: labels ?? {},
    };
  }
}

/** A container's place on a network. */
interface Place {
  readonly network: DockerNetwork;
  readonly container: AttachedContainer;
}
