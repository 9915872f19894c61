import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url));

/** A server as people start it, with a database of its own. */
export interface RealServer {
  readonly url: string;
  /** Of the user `admin`. */
  readonly password: string;
  /** Empty; gone with the server. */
  readonly folder: string;
  readonly close: () => Promise<void>;
}

/** @param agentSocket where it finds the agent; without one there is none */
export async function startRealServer(agentSocket?: string): Promise<RealServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-cli-'));
  const agent = ['--agent-socket', agentSocket ?? join(folder, 'no-agent.sock')];
  const args = ['run', '--state-dir', join(folder, 'server'), '--listen', '127.0.0.1:0', ...agent];
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += String(chunk);
  });
  for await (const line of createInterface(child.stderr)) {
    const { msg, port } = JSON.parse(line) as { readonly msg: string; readonly port?: number };
    if (msg !== 'ready') continue;
    child.stderr.resume();
    return {
      url: `http://127.0.0.1:${port}`,
      password: /password (\S+)/.exec(printed)?.[1] ?? '',
      folder,
      close: async () => {
        child.kill('SIGKILL');
        await ended;
        await rm(folder, { recursive: true, force: true });
      },
    };
  }
  throw new Error('the server ended before it was ready');
}
