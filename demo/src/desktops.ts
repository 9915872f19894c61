import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ensureDesktopImage } from '@sallyport/images/desktop-image';
import type { Lab } from '@sallyport/lab/lab';
import { run } from '@sallyport/lab/process/run';
import { ServerProcess } from '@sallyport/lab/server-process';
import type { Kept, Stage } from './stage.ts';

const IMAGE = 'Browser';
const PLACES = [
  { network: 'z_custom_a', address: '192.168.4.153' },
  { network: 'z_custom_b', address: '192.168.56.103' },
] as const;
const BUILD_PAGE = join(import.meta.dirname, '../../scripts/build-web.ts');
const BUILD_MS = 180_000;
/** A browser asks soon after its desktop is there. */
const ASKED_MS = 15_000;

/** The guide's end: an image restricted to a network, and the browser in its desktop seen from beyond. */
export async function playDesktops(
  lab: Lab,
  stage: Stage,
  signal: AbortSignal,
): Promise<{ readonly server: ServerProcess; readonly kept: readonly Kept[] }> {
  stage.chapter('Desktops for people: an image that may only use one of the networks.');
  const docker = `unix://${lab.layout.dockerSocket}`;
  const name = await ensureDesktopImage(docker, (line) => stage.progress(line));
  stage.progress('building the page, unless it is built');
  await run(process.execPath, [BUILD_PAGE, '--if-stale'], { timeoutMs: BUILD_MS });
  const server = new ServerProcess(lab);
  await server.start();
  await server.login();
  const kept: Kept[] = [];
  for (const { network, address } of PLACES) {
    signal.throwIfAborted();
    const page = `/desktop-${randomUUID()}`;
    const start = ['--env', `START_URL=http://198.51.100.10${page}`];
    const restricted = ['--restrict-to-network', network];
    await show(
      server,
      stage,
      kept.length === 0
        ? ['image', 'create', IMAGE, '--docker-image', name, ...restricted, ...start]
        : ['image', 'update', IMAGE, ...restricted, ...start],
    );
    const since = Date.now();
    await show(server, stage, ['session', 'start', IMAGE, '--wait']);
    const sources = await whoAsked(lab, { page, since, signal });
    kept.push(
      stage.tell({
        promise: `the browser in a desktop restricted to ${network} is seen as ${address}`,
        kept: sources.length === 1 && sources[0] === address,
        seen: sources.length === 0 ? 'it did not ask' : sources.join(', '),
      }),
    );
  }
  await show(server, stage, ['session', 'list']);
  return { server, kept };
}

interface Question {
  readonly page: string;
  readonly since: number;
  readonly signal: AbortSignal;
}

/** By which addresses the machine beyond was asked for this page, which nobody else knows. */
async function whoAsked(lab: Lab, { page, since, signal }: Question): Promise<readonly string[]> {
  const end = Date.now() + ASKED_MS;
  for (;;) {
    const arrivals = await lab.wan.arrivals({ since, service: 'http', tag: page });
    if (arrivals.length > 0 || Date.now() > end)
      return [...new Set(arrivals.map(({ source }) => source))];
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function show(server: ServerProcess, stage: Stage, args: readonly string[]): Promise<void> {
  stage.command(`sallyport ${args.join(' ')}`);
  const { stdout, stderr } = await server.run(...args);
  stage.output(stdout + stderr);
}
