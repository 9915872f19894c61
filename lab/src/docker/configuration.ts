import { join } from 'node:path';
import type { LabLayout } from '../layout.ts';

/** What a test may want to be different about the Docker Engine. */
export interface DaemonOptions {
  /** Containers go on while dockerd is away. Default false. */
  readonly liveRestore?: boolean;
  /** docker-proxy processes for published ports. Default true, as Docker's. */
  readonly userlandProxy?: boolean;
  /** Name servers of containers that have none of their own. */
  readonly dns?: readonly string[];
  /** More keys of daemon.json. */
  readonly extraConfiguration?: Readonly<Record<string, unknown>>;
  /** More arguments for dockerd. */
  readonly extraFlags?: readonly string[];
}

/** Storage drivers that the lab knows how to choose from. */
export type StorageDriver = 'overlay2' | 'vfs';

/** Where one engine keeps its things; all below the lab's own directories. */
export interface DaemonFiles {
  readonly configuration: string;
  readonly log: string;
  readonly pidFile: string;
  readonly socket: string;
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly containerdConfiguration: string;
  readonly containerdLog: string;
  readonly containerdSocket: string;
  readonly containerdRoot: string;
  readonly containerdState: string;
}

/** The engine's files in a lab; touches nothing. */
export function planDaemonFiles(layout: LabLayout): DaemonFiles {
  return {
    configuration: join(layout.runDir, 'daemon.json'),
    log: join(layout.runDir, 'dockerd.log'),
    pidFile: join(layout.runDir, 'dockerd.pid'),
    socket: layout.dockerSocket,
    dataRoot: join(layout.dataDir, 'docker'),
    execRoot: join(layout.runDir, 'docker'),
    containerdConfiguration: join(layout.runDir, 'containerd.toml'),
    containerdLog: join(layout.runDir, 'containerd.log'),
    containerdSocket: join(layout.runDir, 'containerd.sock'),
    containerdRoot: join(layout.dataDir, 'containerd'),
    containerdState: join(layout.runDir, 'containerd'),
  };
}

/**
 * The text of daemon.json. An own file keeps the machine's /etc/docker/daemon.json
 * out of the lab. The cgroupfs driver with an own parent works with and without
 * systemd and marks the lab's containers for the clean-up.
 */
export function renderDaemonConfiguration(
  layout: LabLayout,
  storageDriver: StorageDriver,
  options: DaemonOptions,
): string {
  const configuration = {
    'storage-driver': storageDriver,
    'cgroup-parent': layout.cgroupParent,
    'exec-opts': ['native.cgroupdriver=cgroupfs'],
    'live-restore': options.liveRestore ?? false,
    'userland-proxy': options.userlandProxy ?? true,
    ...(options.dns === undefined ? {} : { dns: options.dns }),
    ...options.extraConfiguration,
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}

/**
 * containerd's configuration. The lab starts containerd itself, as on a usual
 * Debian host: dockerd would use the machine's containerd if one ran, and it
 * takes its own child with it when it is killed.
 */
export function renderContainerdConfiguration(files: DaemonFiles): string {
  return [
    'version = 2',
    `root = ${JSON.stringify(files.containerdRoot)}`,
    `state = ${JSON.stringify(files.containerdState)}`,
    'disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]',
    '[grpc]',
    `  address = ${JSON.stringify(files.containerdSocket)}`,
    '',
  ].join('\n');
}

/** The arguments of dockerd; everything that can be is in daemon.json instead. */
export function planDaemonArguments(files: DaemonFiles, options: DaemonOptions): readonly string[] {
  return [
    '--config-file',
    files.configuration,
    '--data-root',
    files.dataRoot,
    '--exec-root',
    files.execRoot,
    '--pidfile',
    files.pidFile,
    '--host',
    `unix://${files.socket}`,
    '--containerd',
    files.containerdSocket,
    ...(options.extraFlags ?? []),
  ];
}
