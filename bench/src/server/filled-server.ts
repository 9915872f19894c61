import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { cpuMs, residentMb } from '../egress/bench-lab.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FILL = join(ROOT, 'apps/server/test/filled/program.ts');
const START_MS = 120_000;
const DATABASE_URL = 'DATABASE_URL';

export const KINDS = ['sqlite', 'postgres'] as const;
export type Kind = (typeof KINDS)[number];

/** The real server over a database with much in it. */
export interface FilledServer {
  readonly url: string;
  /** Of the user `admin`. */
  readonly password: string;
  /** Processor time so far. */
  readonly cpuMs: () => Promise<number>;
  readonly residentMb: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

interface Place {
  readonly stateDir: string;
  readonly databaseUrl: string | null;
  readonly agentSocket: string;
  readonly password: string;
}

/** So many sessions and entries of the audit log in a database of this kind, and a server over it. */
export async function startFilledServer(kind: Kind, count: number): Promise<FilledServer> {
  const filler = spawn(process.execPath, [FILL, kind, String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const place = await lineOf<Place>(filler.stdout, () => true);
    const server = startServer(place);
    const { port } = await lineOf<{ readonly port: number }>(
      server.stderr as Readable,
      (line) => line['msg'] === 'ready',
    );
    (server.stderr as Readable).resume();
    return {
      url: `http://127.0.0.1:${port}`,
      password: place.password,
      cpuMs: () => cpuMs(server.pid ?? 0),
      residentMb: () => residentMb(server.pid ?? 0),
      stop: async () => {
        const ended = once(server, 'exit');
        server.kill('SIGTERM');
        await ended;
        await release(filler);
      },
    };
  } catch (error) {
    await release(filler);
    throw error;
  }
}

function startServer({ stateDir, databaseUrl, agentSocket }: Place): ChildProcess {
  const places = ['--state-dir', stateDir, '--agent-socket', agentSocket];
  const { [DATABASE_URL]: _, ...env } = process.env;
  return spawn(
    join(ROOT, 'bin/sallyport'),
    ['server', 'run', '--listen', '127.0.0.1:0', ...places],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: databaseUrl === null ? env : { ...env, [DATABASE_URL]: databaseUrl },
    },
  );
}

/** It takes the database away when nobody listens to it any more. */
async function release(filler: ChildProcess): Promise<void> {
  if (filler.exitCode !== null) return;
  const ended = once(filler, 'exit');
  filler.stdin?.end();
  await ended;
}

/** The first line of JSON that is the right one. */
async function lineOf<T>(
  stream: Readable,
  isIt: (line: Readonly<Record<string, unknown>>) => boolean,
): Promise<T> {
  const signal = AbortSignal.timeout(START_MS);
  for await (const text of createInterface({ input: stream, signal })) {
    const line = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (isIt(line)) return line as T;
  }
  throw new Error('it ended, or did not get ready in time');
}
