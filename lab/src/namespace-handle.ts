import { join } from 'node:path';
import { inNamespace, runInNamespace } from './network/namespaces.ts';
import { startInBackground } from './process/background.ts';
import type { ProcessIdentity } from './process/identity.ts';
import { CommandFailedError, type RunOptions, type RunResult } from './process/run.ts';
import { terminate } from './process/terminate.ts';

/** A long-running process inside a namespace of the lab. */
export interface NamespaceProcess {
  readonly identity: ProcessIdentity;
  /** Its standard output and error. */
  readonly logFile: string;
  /** SIGTERM, and SIGKILL after `graceMs` (default 5,000). */
  readonly stop: (graceMs?: number) => Promise<void>;
}

/** How a long-running process is started in a namespace. */
export interface SpawnOptions {
  /** Names the log file and the process record; unique within the lab. */
  readonly role: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** What a namespace handle needs to know of its lab. */
export interface NamespaceContext {
  readonly namespace: string;
  readonly runDir: string;
  /** Environment of every command, such as DOCKER_HOST. */
  readonly env: Readonly<Record<string, string>>;
  readonly record: (role: string, identity: ProcessIdentity) => Promise<void>;
}

/** One side of the lab: a place in which commands run. */
export class NamespaceHandle {
  readonly #context: NamespaceContext;

  constructor(context: NamespaceContext) {
    this.#context = context;
  }

  /** Name below /run/netns. */
  get namespace(): string {
    return this.#context.namespace;
  }

  /** What every command gets added to its environment. */
  get env(): Readonly<Record<string, string>> {
    return this.#context.env;
  }

  /**
   * Runs a command to its end.
   *
   * @throws CommandFailedError when it ends with another code than 0.
   */
  async exec(
    command: string,
    args: readonly string[] = [],
    options: RunOptions = {},
  ): Promise<RunResult> {
    const result = await this.tryExec(command, args, options);
    if (result.code !== 0) throw new CommandFailedError([command, ...args], result);
    return result;
  }

  /** Runs a command to its end, whatever its exit code. */
  tryExec(
    command: string,
    args: readonly string[] = [],
    options: RunOptions = {},
  ): Promise<RunResult> {
    const env = { ...this.#context.env, ...options.env };
    return runInNamespace(this.namespace, [command, args], { ...options, env });
  }

  /** Starts a process that goes on until it is stopped or the lab goes down. */
  async spawn(
    command: string,
    args: readonly string[],
    { role, env, cwd }: SpawnOptions,
  ): Promise<NamespaceProcess> {
    const logFile = join(this.#context.runDir, `${role}.log`);
    const [program, programArguments] = inNamespace(this.namespace, command, args);
    const identity = await startInBackground(program, programArguments, {
      logFile,
      env: { ...this.#context.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    await this.#context.record(role, identity);
    return { identity, logFile, stop: (graceMs = 5000) => terminate(identity, graceMs) };
  }
}
