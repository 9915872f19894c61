import { mkdir } from 'node:fs/promises';
import type { Capture } from './capture/capture.ts';
import { openCapture, startCapture } from './capture/start.ts';
import { ensurePackages } from './debian/packages.ts';
import type { DaemonOptions } from './docker/configuration.ts';
import {
  LabContainer,
  planRun,
  type ContainerOptions,
  type DockerCommand,
} from './docker/container.ts';
import { LabDaemon } from './docker/daemon.ts';
import { ensureProbeTar, importProbeImage } from './image/probe-image.ts';
import { planLayout, type LabLayout } from './layout.ts';
import { withLabLock } from './lock.ts';
import { HostHandle } from './host-handle.ts';
import { layCables, waitForCarrier } from './network/cables.ts';
import {
  dualStackTopology,
  guideTopology,
  wanAddresses,
  type Topology,
} from './network/topology.ts';
import type { OwnedAddress } from './oracle.ts';
import type { ProcessIdentity } from './process/identity.ts';
import { observeRecords, recordProcess } from './process/records.ts';
import { run, tryRun, type RunOptions, type RunResult } from './process/run.ts';
import { readLabState, writeLabState } from './state.ts';
import { ensureLabGone } from './teardown.ts';
import { WanHandle } from './wan-handle.ts';

/** What a lab is made of. */
export interface UpOptions {
  /** Unique on the machine; see `parseLabName`. Default `lab`. */
  readonly name?: string;
  readonly progress?: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly daemon?: DaemonOptions;
  /** Global IPv6 addresses on the uplinks beside the guide's IPv4 ones. Default false. */
  readonly ipv6?: boolean;
  /** A capture on every uplink. Default true; benchmarks do without, as it costs time. */
  readonly capture?: boolean;
}

/** A running lab. */
export class Lab {
  readonly layout: LabLayout;
  readonly topology: Topology;
  /** The host under test. */
  readonly host: HostHandle;
  /** The machine beyond. */
  readonly wan: WanHandle;
  readonly daemon: LabDaemon;
  #capture: Capture | undefined;

  constructor(layout: LabLayout, topology: Topology, daemonOptions: DaemonOptions = {}) {
    const record = (role: string, identity: ProcessIdentity): Promise<void> =>
      recordProcess(layout.runDir, role, identity);
    const shared = { runDir: layout.runDir, record };
    this.layout = layout;
    this.topology = topology;
    // So that commands that people type find the lab's Docker and agent, and not the machine's.
    const env = {
      DOCKER_HOST: `unix://${layout.dockerSocket}`,
      SALLYPORT_AGENT_SOCKET: layout.agentSocket,
      SALLYPORT_STATE_DIR: layout.agentStateDir,
    };
    this.host = new HostHandle({ ...shared, namespace: layout.hostNamespace, env }, topology);
    this.wan = new WanHandle({ ...shared, namespace: layout.wanNamespace, env: {} });
    this.daemon = new LabDaemon(layout, record, daemonOptions);
  }

  /**
   * What left the host on its uplinks.
   *
   * @throws Error when the lab was put up without a capture.
   */
  get capture(): Capture {
    if (this.#capture === undefined) throw new Error(`lab ${this.name} has no capture`);
    return this.#capture;
  }

  /** Used while the lab is put up or opened. */
  set capture(capture: Capture | undefined) {
    this.#capture = capture;
  }

  get name(): string {
    return this.layout.name;
  }

  /** Path of the Docker Engine's socket; it works from any namespace. */
  get dockerSocket(): string {
    return this.layout.dockerSocket;
  }

  /**
   * Runs Debian's `docker` command against the lab's engine.
   *
   * @throws CommandFailedError when it fails.
   */
  docker(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run('docker', ['--host', `unix://${this.dockerSocket}`, ...args], options);
  }

  /**
   * Starts a container in the background.
   *
   * @throws CommandFailedError when Docker refuses.
   */
  async runContainer(options: ContainerOptions): Promise<LabContainer> {
    await this.docker(planRun(options), { timeoutMs: 180_000 });
    return this.container(options.name);
  }

  /** A container that runs already. */
  container(name: string): LabContainer {
    const docker: DockerCommand = (args, options) =>
      tryRun('docker', ['--host', `unix://${this.dockerSocket}`, ...args], options);
    return new LabContainer(name, docker);
  }

  /** Every address of the host's uplinks, as the oracle wants to know them. */
  get ownedAddresses(): readonly OwnedAddress[] {
    return this.topology.uplinks.flatMap(({ host, hostAddresses }) =>
      hostAddresses.map(({ address }) => ({ address, uplink: host })),
    );
  }

  /** Ends everything of the lab and removes it from the machine. */
  down(): Promise<void> {
    return withLabLock(this.layout, () => ensureLabGone(this.layout));
  }
}

/** Starts everything that runs, at the same time. */
async function startParts(lab: Lab, options: UpOptions): Promise<void> {
  const { daemon, signal, capture, progress = () => undefined } = options;
  const engine = async (): Promise<void> => {
    const [tar] = await Promise.all([ensureProbeTar(progress), lab.daemon.start(daemon, signal)]);
    await importProbeImage(lab.dockerSocket, tar);
  };
  const started = await Promise.allSettled([
    engine(),
    lab.wan.startServices(wanAddresses(lab.topology), signal),
    waitForCarrier(lab.layout.hostNamespace, lab.topology, signal),
    capture === false ? undefined : startCapture(lab.wan, lab.topology, lab.layout.runDir),
  ]);
  // Only now: a part that is still starting while the lab is cleaned up would survive it.
  for (const part of started) if (part.status === 'rejected') throw part.reason;
  const [, , , captured] = started;
  if (captured.status === 'fulfilled') lab.capture = captured.value;
}

/**
 * Puts a lab up. Whatever an earlier lab of the same name left is removed first.
 *
 * @throws Error that says what failed; nothing of the lab is left then.
 */
export async function upLab(options: UpOptions = {}): Promise<Lab> {
  const layout = planLayout(options.name ?? 'lab');
  const progress = options.progress ?? (() => undefined);
  const signal = options.signal;
  const topology = options.ipv6 === true ? dualStackTopology : guideTopology;
  await ensurePackages({ progress, ...(signal === undefined ? {} : { signal }) });
  return withLabLock(layout, async () => {
    await ensureLabGone(layout);
    try {
      signal?.throwIfAborted();
      await mkdir(layout.runDir, { recursive: true, mode: 0o755 });
      await mkdir(layout.dataDir, { recursive: true, mode: 0o711 });
      await layCables(layout, topology);
      const lab = new Lab(layout, topology, options.daemon);
      await startParts(lab, options);
      await writeLabState(layout, { ipv6: options.ipv6 === true });
      return lab;
    } catch (error) {
      await ensureLabGone(layout);
      throw error;
    }
  });
}

/**
 * A lab that another process has put up.
 *
 * @throws Error when there is none of this name.
 */
export async function openLab(name: string): Promise<Lab> {
  const layout = planLayout(name);
  const state = await readLabState(layout);
  if (state === undefined)
    throw new Error(`no lab "${name}" is up: npm run lab -- up --name ${name}`);
  const lab = new Lab(layout, state.ipv6 ? dualStackTopology : guideTopology);
  const processes = await observeRecords(layout.runDir);
  lab.daemon.attach(processes);
  lab.capture = openCapture(processes, lab.topology, layout.runDir);
  return lab;
}
