import type { ContainerReading } from './containers.ts';

/** A Docker network as far as egress is concerned. */
export interface DockerNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly scope: string;
  readonly internal: boolean;
  readonly ipv6: boolean;
  /** IPv4 subnets, with prefix length. */
  readonly subnets: readonly string[];
  /** IPv6 subnets, with prefix length; empty where IPv6 is off. */
  readonly subnets6: readonly string[];
  /** Gateway of the first IPv4 subnet, which is the bridge's address; null where Docker names none. */
  readonly gateway: string | null;
  /** Name of the bridge interface. */
  readonly bridge: string;
  /** Of macvlan and ipvlan: the interface of the host on whose link the containers are. */
  readonly parent?: string | undefined;
  /** com.docker.network.bridge.enable_ip_masquerade, true unless switched off. */
  readonly masquerade: boolean;
  /** com.docker.network.bridge.enable_icc, true unless switched off. */
  readonly icc: boolean;
  /** Addresses kept back from containers, by name. */
  readonly reserved: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** A container on a network. */
export interface AttachedContainer {
  readonly id: string;
  readonly name: string;
  /** Without prefix length; empty while the container has none. */
  readonly ipv4: string;
}

export interface DockerNetworkRequest {
  readonly name: string;
  readonly bridge: string;
  readonly subnet: string;
  readonly gateway: string;
  /** null: without IPv6. */
  readonly ipv6: { readonly subnet: string; readonly gateway: string } | null;
  readonly reserved: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** Something that changed in Docker; only a reason to look. */
export interface DockerEvent {
  readonly type: string;
  readonly action: string;
  readonly name: string;
}

/**
 * The Docker Engine, narrowed to what the agent does with it.
 * Every method throws SallyportError: `docker_unreachable` when there is no answer, `docker_refused`
 * with Docker's own words when it says no.
 */
export interface Docker extends ContainerReading {
  version(): Promise<{ readonly version: string; readonly apiVersion: string }>;
  /** Sorted by name. */
  networks(): Promise<readonly DockerNetwork[]>;
  /** Containers on a network, running ones and those that only Docker's endpoint list still knows. */
  attached(networkId: string): Promise<readonly AttachedContainer[]>;
  /** Driver bridge, attachable, no masquerade, no container-to-container traffic. Returns the id. */
  createNetwork(request: DockerNetworkRequest): Promise<string>;
  /** Idempotent: a network that is gone is fine. */
  removeNetwork(id: string): Promise<void>;
  /**
   * Network and container events, until aborted or the connection ends.
   * @param since milliseconds since 1970: begins with those that Docker remembers from then on
   */
  events(signal: AbortSignal, since?: number): AsyncIterable<DockerEvent>;
}
