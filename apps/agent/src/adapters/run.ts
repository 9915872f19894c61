import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { openScratchFile } from './scratch-file.ts';

/** How a program is run. */
export interface RunOptions {
  readonly stdin?: string;
  /** Milliseconds; after that it is killed. Default 10 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Answer instead of throwing when it ends with another code than 0. */
  readonly allowFailure?: boolean;
  /**
   * Takes its output from a file in memory instead of a pipe. For programs that write little at a time:
   * nft 1.0.6 writes each element on its own, and through a pipe every one of them wakes the agent
   * (1,000 networks: 80 ms of processor time through a pipe, 33 ms through a file).
   */
  readonly littleAtATime?: boolean;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. @throws ProgramError */
export type Run = (
  program: string,
  args: readonly string[],
  options?: RunOptions,
) => Promise<RunResult>;

/** A program that could not be started, was killed, or said no. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly program: string;
  readonly args: readonly string[];
  /** null: it never ran, or was killed. */
  readonly code: number | null;
  readonly stderr: string;

  constructor(message: string, facts: Pick<ProgramError, 'program' | 'args' | 'code' | 'stderr'>) {
    super(message);
    this.program = facts.program;
    this.args = facts.args;
    this.code = facts.code;
    this.stderr = facts.stderr;
  }

  /** Whether the host has no such program. */
  get notInstalled(): boolean {
    return this.code === null && this.message.endsWith(NOT_INSTALLED);
  }
}

const NOT_INSTALLED = 'is not installed';

const TIMEOUT_MS = 10_000;
/** Enough for the routes and rules of thousands of networks; keeps a mad program from filling memory. */
const OUTPUT_LIMIT = 64 * 1024 * 1024;

/** Nothing of the caller's environment, so that no setting of a shell changes what programs print. */
const ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

/** Runs a program by an argument list, never through a shell. */
export const run: Run = (program, args, options = {}) =>
  new Promise((resolve, reject) => {
    const limit = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
    const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
    const scratch = options.littleAtATime === true ? openScratchFile() : null;
    const child = spawn(program, args, {
      env: ENVIRONMENT,
      signal,
      killSignal: 'SIGKILL',
      stdio: ['pipe', scratch?.fd ?? 'pipe', 'pipe'],
    });
    const overflow = (): void => {
      const message = `${program} printed more than ${OUTPUT_LIMIT} bytes`;
      reject(new ProgramError(message, { program, args, code: null, stderr: '' }));
      child.kill('SIGKILL');
    };
    const piped = collect(child.stdout, overflow);
    const stdout = () => (scratch === null ? piped() : scratch.read(OUTPUT_LIMIT));
    const stderr = collect(child.stderr, overflow);
    child.once('error', (error: NodeJS.ErrnoException) => {
      scratch?.close();
      reject(
        new ProgramError(explain(program, error, limit), {
          program,
          args,
          code: null,
          stderr: stderr(),
        }),
      );
    });
    child.once('close', (code) => {
      const output = stdout();
      scratch?.close();
      if (output === null) return overflow();
      if (code === 0 || (code !== null && options.allowFailure === true)) {
        resolve({ code, stdout: output, stderr: stderr() });
        return;
      }
      const message = `${program} ended with ${code ?? 'a signal'}: ${stderr().trim().split('\n')[0] ?? ''}`;
      reject(new ProgramError(message, { program, args, code, stderr: stderr() }));
    });
    // A program that ends early closes its input; its exit code tells why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.stdin ?? '');
  });

/** The lines that a long-running program prints, until it ends or is aborted. */
export async function* runLines(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): AsyncIterable<string> {
  const child = spawn(program, args, {
    env: ENVIRONMENT,
    signal,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  failed.catch(() => undefined);
  try {
    yield* createInterface({ input: child.stdout });
    if (child.pid === undefined) await failed;
  } finally {
    child.kill('SIGKILL');
  }
}

/** Output is whole or an error: half a listing would be taken for the host. */
function collect(stream: NodeJS.ReadableStream | null, overflow: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= OUTPUT_LIMIT) chunks.push(chunk);
    else overflow();
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function explain(program: string, error: NodeJS.ErrnoException, limit: AbortSignal): string {
  if (error.code === 'ENOENT') return `${program} ${NOT_INSTALLED}`;
  return limit.aborted
    ? `${program} did not end in time`
    : `${program} could not be run: ${error.message}`;
}
