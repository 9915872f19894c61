import { ProgramError, type Run, type RunOptions, type RunResult } from '../src/adapters/run.ts';

/** A program as it was called. */
export interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly options: RunOptions;
}

/** A `run` that starts nothing: keeps every call, and answers as the function given says. */
export function recordRun(answer: (call: Call) => Partial<RunResult> | Error = () => ({})) {
  const calls: Call[] = [];
  const run: Run = async (program, args, options = {}) => {
    const call = { program, args, options };
    calls.push(call);
    const given = answer(call);
    if (given instanceof Error) throw given;
    const result = { code: 0, stdout: '', stderr: '', ...given };
    if (result.code === 0 || options.allowFailure === true) return result;
    const message = `${program} ended with ${result.code}: ${result.stderr.split('\n')[0]}`;
    throw new ProgramError(message, { program, args, ...result });
  };
  return { run, calls };
}
