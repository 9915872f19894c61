import { run, type Run, type RunResult } from '../../src/adapters/run.ts';

/** A network namespace of a test's own: nothing that happens in it can reach the machine. */
export interface ThrowAwayNamespace {
  /** Runs programs inside; what the adapters get. */
  readonly run: Run;
  /** `ip` inside, for what an administrator does. */
  readonly ip: (...args: string[]) => Promise<RunResult>;
  /** Words before a program that is to run inside. */
  readonly enter: readonly string[];
  readonly remove: () => Promise<void>;
}

let made = 0;

export async function createThrowAwayNamespace(): Promise<ThrowAwayNamespace> {
  const name = `spt-${process.pid}-${++made}`;
  await run('ip', ['netns', 'add', name]);
  const enter = `--net=/run/netns/${name}`;
  const inside: Run = (program, args, options) =>
    run('nsenter', [enter, program, ...args], options);
  await inside('ip', ['link', 'set', 'lo', 'up']);
  return {
    run: inside,
    enter: ['nsenter', enter],
    ip: (...args) => inside('ip', args),
    remove: async () => {
      await run('ip', ['netns', 'delete', name]);
    },
  };
}
