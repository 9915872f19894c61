import type { Run, RunOptions, RunResult } from '../src/adapters/run.ts';

/** A program as it was called. */
export interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly options: RunOptions;
}

/** A `run` that starts nothing: keeps every call, and answers it by the function given. */
export function recordRun(answer: (call: Call) => Partial<RunResult> | Error = () => ({})) {
  const calls: Call[] = [];
  const run: Run = async (program, args, options = {}) => {
    const call = { program, args, options };
    calls.push(call);
    const result = answer(call);
    if (result instanceof Error) throw result;
    return { code: 0, stdout: '', stderr: '', ...result };
  };
  return { run, calls };
}
