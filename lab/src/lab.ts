import { mkdir } from 'node:fs/promises';
import { ensurePackages } from './debian/packages.ts';
import type { DaemonOptions } from './docker/configuration.ts';
import { LabDaemon } from './docker/daemon.ts';
import { planLayout, type LabLayout } from './layout.ts';
import { withLabLock } from './lock.ts';
import { NamespaceHandle } from './namespace-handle.ts';
import { layCables, waitForCarrier } from './network/cables.ts';
import { dualStackTopology, guideTopology, type Topology } from './network/topology.ts';
import type { ProcessIdentity } from './process/identity.ts';
import { observeRecords, recordProcess } from './process/records.ts';
import { run, type RunOptions, type RunResult } from './process/run.ts';
import { readLabState, writeLabState } from './state.ts';
import { ensureLabGone } from './teardown.ts';

/** What a lab is made of. */
export interface UpOptions {
  /** Unique on the machine; see `parseLabName`. Default `lab`. */
  readonly name?: string;
  readonly progress?: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly daemon?: DaemonOptions;
  /** Global IPv6 addresses on the uplinks beside the guide's IPv4 ones. Default false. */
  readonly ipv6?: boolean;
}

/** A running lab. */
export class Lab {
  readonly layout: LabLayout;
  readonly topology: Topology;
  /** The host under test. */
  readonly host: NamespaceHandle;
  /** The machine beyond. */
  readonly wan: NamespaceHandle;
  readonly daemon: LabDaemon;

  constructor(layout: LabLayout, topology: Topology, daemonOptions: DaemonOptions = {}) {
    const record = (role: string, identity: ProcessIdentity): Promise<void> =>
      recordProcess(layout.runDir, role, identity);
    const shared = { runDir: layout.runDir, record };
    this.layout = layout;
    this.topology = topology;
    this.host = new NamespaceHandle({
      ...shared,
      namespace: layout.hostNamespace,
      env: { DOCKER_HOST: `unix://${layout.dockerSocket}` },
    });
    this.wan = new NamespaceHandle({ ...shared, namespace: layout.wanNamespace, env: {} });
    this.daemon = new LabDaemon(layout, record, daemonOptions);
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

  /** Ends everything of the lab and removes it from the machine. */
  down(): Promise<void> {
    return withLabLock(this.layout, () => ensureLabGone(this.layout));
  }
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
      await Promise.all([
        lab.daemon.start(options.daemon, signal),
        waitForCarrier(layout.hostNamespace, topology),
      ]);
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
  if (state === undefined) throw new Error(`no lab "${name}" is up: npm run lab -- up --name ${name}`);
  const lab = new Lab(layout, state.ipv6 ? dualStackTopology : guideTopology);
  lab.daemon.attach(await observeRecords(layout.runDir));
  return lab;
}
