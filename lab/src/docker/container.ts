import { probeImage } from '../image/names.ts';
import type { RunOptions, RunResult } from '../process/run.ts';

/** How a container is started. */
export interface ContainerOptions {
  readonly name: string;
  /** Network to join; without it Docker's default bridge. */
  readonly network?: string;
  /** Default: the test image. */
  readonly image?: string;
  /** Default: sleep until SIGTERM. */
  readonly command?: readonly string[];
  /** Name servers; none means what the engine chooses. */
  readonly dns?: readonly string[];
  /** More options of `docker run`. */
  readonly extra?: readonly string[];
}

/** The JSON result of one `traffic` mode; `ok` is what decides its exit code. */
export interface TrafficResult {
  readonly ok: boolean;
  /** The source address that the machine beyond saw, where the protocol can tell. */
  readonly source?: string;
  readonly error?: string;
  readonly [key: string]: unknown;
}

/** Runs the `docker` command, whatever its exit code. */
export type DockerCommand = (args: readonly string[], options?: RunOptions) => Promise<RunResult>;

/** The arguments of `docker run` for a container in the background. */
export function planRun(options: ContainerOptions): readonly string[] {
  return [
    'run',
    '--detach',
    '--name',
    options.name,
    ...(options.network === undefined ? [] : ['--network', options.network]),
    ...(options.dns ?? []).flatMap((address) => ['--dns', address]),
    ...(options.extra ?? []),
    options.image ?? probeImage,
    ...(options.command ?? []),
  ];
}

/**
 * Reads the JSON line that `traffic` has printed.
 *
 * @throws Error with the output when there is none.
 */
export function parseTrafficResult({ stdout, stderr }: RunResult): TrafficResult {
  try {
    const value: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    if (typeof value === 'object' && value !== null && 'ok' in value) {
      return { ...value, ok: value.ok === true };
    }
  } catch {
    // Told below, with everything that was said.
  }
  throw new Error(`traffic gave no result: ${stdout}${stderr}`);
}

/** A running container of the lab. */
export class LabContainer {
  readonly name: string;
  readonly #docker: DockerCommand;

  constructor(name: string, docker: DockerCommand) {
    this.name = name;
    this.#docker = docker;
  }

  /** Runs a command in the container, whatever its exit code. */
  exec(
    command: string,
    args: readonly string[] = [],
    options: RunOptions = {},
  ): Promise<RunResult> {
    return this.#docker(['exec', this.name, command, ...args], options);
  }

  /**
   * Runs one mode of `traffic` and returns its result, good or bad.
   *
   * @throws Error when it prints no result, as when the container does not run.
   */
  async traffic(mode: string, args: readonly string[] = []): Promise<TrafficResult> {
    return parseTrafficResult(await this.exec('traffic', [mode, ...args]));
  }

  /** Everything that the container's command has printed. */
  async logs(): Promise<string> {
    const { stdout } = await this.#docker(['logs', this.name]);
    return stdout;
  }

  /** Its IPv4 address in its first network, or an empty text. */
  async address(): Promise<string> {
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
    const { stdout } = await this.#docker(['inspect', '--format', format, this.name]);
    return stdout.trim().split(' ')[0] ?? '';
  }

  /** Freezes every process of it (the control group's freezer), so that it sends nothing. */
  async pause(): Promise<void> {
    await this.#docker(['pause', this.name]);
  }

  /** Lets a frozen one go on. */
  async resume(): Promise<void> {
    await this.#docker(['unpause', this.name]);
  }

  /** Ends and removes it; does nothing when it is gone. */
  async remove(): Promise<void> {
    await this.#docker(['rm', '--force', '--volumes', this.name]);
  }
}
