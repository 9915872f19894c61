import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ensurePackages } from '@sallyport/lab/debian/packages';
import { type Browser, chromium } from 'playwright-core';

const ROOT = join(import.meta.dirname, '../../..');

/** The real server with a database of its own, the page as it is built, and Debian's Chromium. */
export interface Stage {
  readonly url: string;
  /** Of the user `admin`. */
  readonly password: string;
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

/** Builds the page where it is stale. */
export async function buildPage(): Promise<void> {
  const build = [join(ROOT, 'scripts/build-web.ts'), '--if-stale'];
  await promisify(execFile)(process.execPath, build, { timeout: 120_000 });
}

/** Builds the page where it is stale, installs Chromium where it is missing, and starts it. */
export async function openBrowser(progress: (line: string) => void = () => {}): Promise<Browser> {
  await ensurePackages({ progress, programs: { chromium: ['chromium'] } });
  await buildPage();
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    // The tests are root, for whom Chromium's sandbox does not start. The page is our own.
    args: ['--no-sandbox', '--disable-gpu'],
  });
}

/** A browser and a server without an agent. @param more arguments of `sallyport server run` */
export async function openStage(more: readonly string[] = []): Promise<Stage> {
  const browser = await openBrowser();
  const stateDir = await mkdtemp(join(tmpdir(), 'sallyport-web-'));
  const places = ['--state-dir', stateDir, '--agent-socket', join(stateDir, 'no-agent.sock')];
  const server = await startServer(['--listen', '127.0.0.1:0', ...places, ...more]);
  const close = async (): Promise<void> => {
    await browser.close();
    const ended = once(server.child, 'exit');
    server.child.kill('SIGTERM');
    await ended;
    await rm(stateDir, { recursive: true, force: true });
  };
  return { url: server.url, password: server.password, browser, close };
}

interface StartedServer {
  readonly url: string;
  readonly password: string;
  readonly child: ChildProcess;
}

async function startServer(args: readonly string[]): Promise<StartedServer> {
  const child = spawn(join(ROOT, 'bin/sallyport'), ['server', 'run', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += String(chunk);
  });
  const lines = createInterface(child.stderr);
  for await (const line of lines) {
    const { msg, port } = JSON.parse(line) as { readonly msg: string; readonly port?: number };
    if (msg !== 'ready') continue;
    child.stderr.resume();
    const password = /password (\S+)/.exec(printed)?.[1] ?? '';
    return { url: `http://127.0.0.1:${port}`, password, child };
  }
  throw new Error('the server ended before it was ready');
}
