/** How a session's container is made; everything has been decided. */
export interface SessionContainerPlan {
  readonly name: string;
  readonly image: string;
  /** The only Docker network that it is on. */
  readonly network: string;
  /** `NAME=value` */
  readonly environment: readonly string[];
  readonly hostname: string | null;
  /** UID:GID */
  readonly user: string;
  /** null: what the image says. */
  readonly command: readonly string[] | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Name servers; never empty, since Docker would then use the host's. */
  readonly dns: readonly string[];
  readonly cores: number;
  readonly memoryBytes: number;
  readonly sharedMemoryBytes: number;
  readonly pids: number;
  readonly binds: readonly SessionBind[];
  readonly profile: SessionProfile | null;
  /** Paths of devices on the host, at the same place in the container. */
  readonly devices: readonly string[];
  readonly gpus: number;
  /** Without `CAP_`; all others are dropped. */
  readonly capabilities: readonly string[];
  readonly privileged: boolean;
  readonly extraHosts: Readonly<Record<string, string>>;
  /** JSON; not used where the container is privileged. */
  readonly seccomp: string;
}

/** A path of the host in a container. */
export interface SessionBind {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A volume of Docker that outlives the container. */
export interface SessionProfile {
  readonly volume: string;
  readonly target: string;
  /** Who owns its root. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

export type ContainerState = 'created' | 'running' | 'paused' | 'exited' | 'dead';

/** A container with our label, as Docker has it now. */
export interface SessionContainer {
  readonly containerId: string;
  readonly name: string;
  /** As it was asked for. */
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: readonly string[];
  readonly state: ContainerState;
  /** Of the end; of no meaning before. */
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** Docker's own words where it could not start. */
  readonly error: string;
  /** Process id on the host of its first process; 0 while there is none. */
  readonly pid: number;
  /** IPv4 address by network; networks without one are left out. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds; null: never. */
  readonly startedAt: number | null;
  /** Volumes of Docker that it has. */
  readonly volumes: readonly string[];
}

export interface HeldImage {
  /** Every name that it has: one entry for each. */
  readonly name: string;
  readonly id: string;
  readonly sizeBytes: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** What Docker tells of a pull. */
export interface PullStep {
  readonly layer: string | null;
  readonly status: string;
  readonly percent: number | null;
}

export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * The containers of sessions, and nothing else: a container without the label is not seen, and can be
 * neither read nor changed by these methods.
 * Every method throws SallyportError as the Docker port does; `image_not_found`, `session_state` (what
 * was asked for is not possible in the container's state) where they are named.
 */
export interface SessionContainers {
  /** Every one, whatever its state, sorted by name. */
  list(): Promise<readonly SessionContainer[]>;
  /** By the session's id; null: there is none. */
  find(id: string): Promise<SessionContainer | null>;
  /**
   * Creates the container, with its profile volume, and does not start it. A name is given once: a second
   * one of the same name is refused (`session_exists`). `image_not_found`, `session_refused` where the
   * profile's volume is not one of ours.
   */
  create(plan: SessionContainerPlan): Promise<void>;
  /** Idempotent. */
  start(id: string): Promise<void>;
  /** SIGTERM, and SIGKILL after some seconds. Idempotent; a paused one is resumed first. */
  stop(id: string): Promise<void>;
  /** Idempotent. `session_state`: it does not run. */
  pause(id: string): Promise<void>;
  /** Idempotent. `session_state`: it is neither paused nor running. */
  resume(id: string): Promise<void>;
  /** Whatever its state. Idempotent. */
  remove(id: string): Promise<void>;
  /** A profile's volume. Idempotent; one that is not ours stays. */
  removeProfile(volume: string): Promise<void>;
  /** Standard output and error, the newest lines. */
  logs(id: string, lines: number): Promise<string>;
  images(): Promise<readonly HeldImage[]>;
  /**
   * Runs a command in a running container, as its user, and waits for its end. `session_state`: it does not
   * run; `docker_refused`: there is no such program. Rejects with the reason of the signal when nobody waits
   * any more; the command is not ended by that.
   * @returns its exit code
   */
  exec(id: string, command: readonly string[], signal: AbortSignal): Promise<number>;
  /** Whether `markLaunched` was called for this container. */
  isLaunched(id: string): Promise<boolean>;
  /** Remembers with the container itself, where its user can not change it. Idempotent. */
  markLaunched(id: string): Promise<void>;
  /** Answers the image's id at the end. Throws `docker_refused` where the registry or Docker says no. */
  pull(
    image: string,
    credentials: RegistryCredentials | null,
    signal: AbortSignal,
  ): AsyncGenerator<PullStep, string>;
}
