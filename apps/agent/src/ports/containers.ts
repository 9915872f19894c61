/** A running container, as far as its networks are concerned. */
export interface RunningContainer {
  readonly id: string;
  readonly name: string;
  /** `host`, `none`, `container:ID`, or the name of the network that it was started on. */
  readonly networkMode: string;
  /** Sorted by network id. Empty for one that shares another's namespace. */
  readonly endpoints: readonly ContainerEndpoint[];
  readonly labels: Readonly<Record<string, string>>;
}

/** A container's place on one network. Addresses have no prefix length; empty where it has none. */
export interface ContainerEndpoint {
  readonly networkId: string;
  readonly networkName: string;
  /** Another one after every start. */
  readonly endpointId: string;
  readonly ipv4: string;
  readonly ipv6: string;
}

/** How a container was started. */
export interface ContainerSettings {
  /** Process id of its first process on the host; 0 when it does not run. */
  readonly pid: number;
  /** Name servers that it was given (`--dns`); empty: those that Docker inherits from the host. */
  readonly dns: readonly string[];
  /** Whether a process of its own may change its routes (NET_ADMIN). */
  readonly mayRoute: boolean;
}

/** Reading the containers of Docker. Throws as Docker's other methods do. */
export interface ContainerReading {
  /** Sorted by name. */
  runningContainers(): Promise<readonly RunningContainer[]>;
  /** null: there is no such container any more. */
  containerSettings(id: string): Promise<ContainerSettings | null>;
}

/** An IPv4 route of a container's main table. */
export interface ContainerRoute {
  readonly device: string;
  readonly destination: string;
  /** Prefix length. */
  readonly length: number;
  /** null: on the link itself. */
  readonly gateway: string | null;
}

/** Reads the routes of a process's network namespace; null when the process is gone. */
export type ReadContainerRoutes = (pid: number) => Promise<readonly ContainerRoute[] | null>;
