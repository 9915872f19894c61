import type { World } from '../src/create-context.ts';
import { run } from '../src/run.ts';

/** What a run of the command line gave. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Setting {
  readonly socket?: string;
  readonly stdin?: string;
  readonly server?: string;
  readonly apiKey?: string;
  readonly credentialsFile?: string;
  /** Collects the pages that are opened; without it there is no browser. */
  readonly opened?: string[];
  /** What the person types, a line for each question; without it nobody sits at a terminal. */
  readonly typed?: readonly string[];
  /** Whether standard output is a terminal with colour. */
  readonly terminal?: boolean;
}

const NOW = Date.UTC(2026, 10, 23, 12, 30, 0);

/** Types line after line; what is hidden does not come onto the screen. */
function typist(lines: readonly string[], screen: { stderr: string }): NonNullable<World['ask']> {
  const left = [...lines];
  return async (question, { hidden }) => {
    const line = left.shift();
    if (line === undefined) throw new Error(`nobody answers ${question}`);
    screen.stderr += `${question}${hidden ? '' : line}\n`;
    return line;
  };
}

function openInto(pages: string[]): (url: string) => boolean {
  return (url) => {
    pages.push(url);
    return true;
  };
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
      server: setting.server,
      apiKey: setting.apiKey,
      credentialsFile: setting.credentialsFile ?? '/nonexistent/sallyport-test.json',
      display: false,
      dockerHost: undefined,
    },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    readStdin: async () => setting.stdin ?? '',
    ask: setting.typed === undefined ? null : typist(setting.typed, written),
    now: () => NOW,
    sleep: async () => undefined,
    openPage: setting.opened === undefined ? null : openInto(setting.opened),
    randomBytes: (size) => Buffer.alloc(size, 7),
  });
  return { code, ...written };
}

/** For golden files: the line, what it printed, and how it ended. */
export function transcript(words: readonly string[], { code, stdout, stderr }: Outcome): string {
  const line = ['sallyport', ...words].join(' ');
  const errors = stderr === '' ? '' : `--- standard error\n${stderr}`;
  return `$ ${line}\n${stdout}${errors}--- exit code ${code}\n`;
}
