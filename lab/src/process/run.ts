import { spawn } from 'node:child_process';

/** How one short command is run. */
export interface RunOptions {
  /** Text for standard input; without it standard input is empty. */
  readonly input?: string | Uint8Array;
  /** Milliseconds until the command is killed. Default 30,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with every chunk of standard output and error, for progress. */
  readonly onOutput?: (chunk: string) => void;
}

/** What a command left behind. `code` is 128 + n when a signal ended it. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command ended with another code than 0, or could not be started. */
export class CommandFailedError extends Error {
  readonly command: readonly string[];
  readonly result: RunResult;

  constructor(command: readonly string[], result: RunResult) {
    const said = result.stderr.trim() || result.stdout.trim() || 'no output';
    super(`${command.join(' ')}: exit ${String(result.code)}: ${said.slice(-2000)}`);
    this.name = 'CommandFailedError';
    this.command = command;
    this.result = result;
  }
}

const KILLED = 137;

/** Runs a command to its end and returns its code and output, whatever the code is. */
export function tryRun(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    const timer = setTimeout(() => {
      stderr += `\nkilled after ${String(timeoutMs)} ms`;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      options.onOutput?.(chunk);
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
      options.onOutput?.(chunk);
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? KILLED, stdout, stderr });
    });
    // A command that ends before it has read its input is not an error of ours.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
  });
}

/**
 * Runs a command to its end and returns its output.
 *
 * @throws CommandFailedError when it ends with another code than 0.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const result = await tryRun(command, args, options);
  if (result.code !== 0) throw new CommandFailedError([command, ...args], result);
  return result;
}
