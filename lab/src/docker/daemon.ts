import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { LabLayout } from '../layout.ts';
import { inNamespace } from '../network/namespaces.ts';
import { startInBackground } from '../process/background.ts';
import { isAlive, type ProcessIdentity } from '../process/identity.ts';
import { signalProcess, terminate, waitForExit } from '../process/terminate.ts';
import { waitForDocker } from './api.ts';
import {
  planDaemonArguments,
  planDaemonFiles,
  renderContainerdConfiguration,
  renderDaemonConfiguration,
  type DaemonOptions,
} from './configuration.ts';
import { observeStorageDriver } from './storage-driver.ts';

const START_TIMEOUT_MS = 60_000;
/** dockerd itself gives its containers 15 s when it is asked to end. */
const STOP_TIMEOUT_MS = 30_000;

/** A Docker Engine inside the host namespace that a test can stop, kill and restart. */
export class LabDaemon {
  readonly #layout: LabLayout;
  readonly #record: (role: string, identity: ProcessIdentity) => Promise<void>;
  #options: DaemonOptions;
  #dockerd: ProcessIdentity | undefined;
  #containerd: ProcessIdentity | undefined;

  constructor(
    layout: LabLayout,
    record: (role: string, identity: ProcessIdentity) => Promise<void>,
    options: DaemonOptions = {},
  ) {
    this.#layout = layout;
    this.#record = record;
    this.#options = options;
  }

  /** dockerd's process; undefined when it does not run. */
  get process(): ProcessIdentity | undefined {
    return this.#dockerd !== undefined && isAlive(this.#dockerd) ? this.#dockerd : undefined;
  }

  /** Takes over processes that another process has started. */
  attach(processes: Readonly<Record<string, ProcessIdentity>>): void {
    this.#dockerd = processes['dockerd'];
    this.#containerd = processes['containerd'];
  }

  /**
   * Starts containerd and dockerd, those of them that do not run, and waits for an answer.
   *
   * @throws Error with the end of dockerd's log when it does not come up.
   */
  async start(options: DaemonOptions = this.#options, signal?: AbortSignal): Promise<void> {
    this.#options = options;
    if (this.process !== undefined) return;
    const files = planDaemonFiles(this.#layout);
    await Promise.all(
      [files.dataRoot, files.containerdRoot].map((path) => mkdir(path, { recursive: true })),
    );
    const driver = await observeStorageDriver(this.#layout.dataDir);
    const configuration = renderDaemonConfiguration(this.#layout, driver, options);
    await writeFile(files.configuration, configuration);
    await this.#startContainerd();
    // A killed dockerd leaves its pid file, and a new one believes it if the number is in use.
    await rm(files.pidFile, { force: true });
    const dockerd = await this.#startInHost(
      'dockerd',
      planDaemonArguments(files, options),
      files.log,
    );
    this.#dockerd = dockerd;
    try {
      await waitForDocker(files.socket, {
        timeoutMs: START_TIMEOUT_MS,
        alive: () => isAlive(dockerd),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      signal?.throwIfAborted();
      const log = await readFile(files.log, 'utf8').catch(() => '');
      throw new Error(`${String(error)}\nEnd of ${files.log}:\n${log.slice(-3000)}`, {
        cause: error,
      });
    }
  }

  /** Asks dockerd to end, as a service manager does; its containers end too, unless live-restore is on. */
  async stop(): Promise<void> {
    const dockerd = this.process;
    if (dockerd !== undefined) await terminate(dockerd, STOP_TIMEOUT_MS);
  }

  /** SIGKILL to dockerd alone: containerd and the containers go on. */
  async kill(): Promise<void> {
    const dockerd = this.process;
    if (dockerd === undefined) return;
    signalProcess(dockerd, 'SIGKILL');
    if (!(await waitForExit([dockerd], 10_000))) throw new Error('dockerd does not die');
  }

  /** `stop`, then `start`. */
  async restart(options: DaemonOptions = this.#options): Promise<void> {
    await this.stop();
    await this.start(options);
  }

  async #startContainerd(): Promise<void> {
    if (this.#containerd !== undefined && isAlive(this.#containerd)) return;
    const files = planDaemonFiles(this.#layout);
    await writeFile(files.containerdConfiguration, renderContainerdConfiguration(files));
    this.#containerd = await this.#startInHost(
      'containerd',
      ['--config', files.containerdConfiguration],
      files.containerdLog,
    );
  }

  async #startInHost(
    program: string,
    programArguments: readonly string[],
    logFile: string,
  ): Promise<ProcessIdentity> {
    // containerd as well: a container with `--network host` inherits its namespace.
    const [command, args] = inNamespace(this.#layout.hostNamespace, program, programArguments);
    const identity = await startInBackground(command, args, { logFile });
    await this.#record(program, identity);
    return identity;
  }
}
