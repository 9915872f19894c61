import { run, type Run, type RunResult } from '../../src/adapters/run.ts';

/** A network namespace of a test's own: nothing that happens in it can reach the machine. */
export interface ThrowAwayNamespace {
  /** Runs programs inside; what the adapters get. */
  readonly run: Run;
  /** `ip` inside, for what an administrator does. */
  readonly ip: (...args: string[]) => Promise<RunResult>;
  readonly remove: () => Promise<void>;
}

let made = 0;

export async function createThrowAwayNamespace(): Promise<ThrowAwayNamespace> {
  const name = `spt-${process.pid}-${++made}`;
  await run('ip', ['netns', 'add', name]);
  const inside: Run = (program, args, options) =>
    run('nsenter', [`--net=/run/netns/${name}`, program, ...args], options);
  await inside('ip', ['link', 'set', 'lo', 'up']);
  return {
    run: inside,
    ip: (...args) => inside('ip', args),
    remove: async () => {
      await run('ip', ['netns', 'delete', name]);
    },
  };
}
