import { type World, run } from '../src/run.ts';

/** What a run of the command line gave. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Setting {
  readonly socket?: string;
  readonly stdin?: string;
  /** Whether standard output is a terminal with colour. */
  readonly terminal?: boolean;
}

/** Runs the command line in this process. */
export async function runCli(words: readonly string[], setting: Setting = {}): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written): World['stdout'] => ({
    isTTY: setting.terminal === true,
    write: (text) => {
      written[name] += text;
    },
  });
  const code = await run(words, {
    environment: {
      socket: setting.socket ?? '/nonexistent/sallyport-test.sock',
      actor: 'alice',
      colour: true,
    },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    readStdin: async () => setting.stdin ?? '',
  });
  return { code, ...written };
}

/** For golden files: the line, what it printed, and how it ended. */
export function transcript(words: readonly string[], { code, stdout, stderr }: Outcome): string {
  const line = ['sallyport', ...words].join(' ');
  const errors = stderr === '' ? '' : `--- standard error\n${stderr}`;
  return `$ ${line}\n${stdout}${errors}--- exit code ${code}\n`;
}
