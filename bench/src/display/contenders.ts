import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Programs } from '@sallyport/lab/debian/packages';
import { type Cost, observeCost } from './process-cost.ts';
import { type Viewer, viewByWebSocket } from './viewer.ts';

/** The display behind a contender: a port of loopback, or the path of a unix socket. */
export type Target = { readonly port: number } | { readonly path: string };

/** Where a viewer is let in, once. */
interface Door {
  readonly url: string;
  readonly protocols: readonly string[];
}

/** Something between a browser and a display. */
export interface Contender {
  readonly door: () => Promise<Door>;
  readonly view: () => Promise<Viewer>;
  /** Of all its processes. */
  readonly cost: () => Cost;
  readonly stop: () => Promise<void>;
}

/** What is only needed where a real browser comes. */
interface Page {
  /** From where the page of the viewer is. */
  readonly origin?: string;
  /** A directory of a page that is served beside. */
  readonly web?: string;
}

/** Starts a contender in front of a target; `directory` is for its sockets. */
export type StartContender = (target: Target, directory: string, page?: Page) => Promise<Contender>;

/** numpy is what websockify needs to be as fast as it can. */
export const WEBSOCKIFY: Programs = { websockify: ['websockify', 'python3-numpy'] };

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** Our gateway, and the unix-socket hop of the agent's tunnel as a process of its own. */
export const startSallyport: StartContender = async (target, directory, { origin } = {}) => {
  const socket = join(directory, 'tunnel.sock');
  const to = 'port' in target ? String(target.port) : target.path;
  rmSync(socket, { force: true });
  const tunnel = startNode(join(ROOT, 'apps/agent/test/sessions/tunnel-program.ts'), [socket, to]);
  await firstLine(tunnel);
  const gateway = startNode(join(ROOT, 'apps/server/test/display/gateway-program.ts'), [
    socket,
    ...(origin === undefined ? [] : [origin]),
  ]);
  const port = await firstLine(gateway);
  let sessions = 0;
  const door = async (): Promise<Door> => {
    sessions += 1;
    const place = `127.0.0.1:${port}/${sessions}`;
    const ticket = await (await fetch(`http://${place}`)).text();
    return { url: `ws://${place}`, protocols: ['binary', `sallyport.ticket.${ticket}`] };
  };
  return { ...throughDoor(door), ...ofProcesses([gateway, tunnel]) };
};

/** Debian's websockify, straight to the display. */
export const startWebsockify: StartContender = async (target, _, { web } = {}) => {
  const port = await freePort();
  const to = 'port' in target ? [`127.0.0.1:${target.port}`] : [`--unix-target=${target.path}`];
  const serving = web === undefined ? [] : ['--web', web];
  const child = spawn('websockify', [...serving, `127.0.0.1:${port}`, ...to], { stdio: 'ignore' });
  await answering(port, child);
  const door = async (): Promise<Door> => ({
    url: `ws://127.0.0.1:${port}/`,
    protocols: ['binary'],
  });
  return { ...throughDoor(door), ...ofProcesses([child]) };
};

function throughDoor(door: () => Promise<Door>): Pick<Contender, 'door' | 'view'> {
  return {
    door,
    view: async () => {
      const { url, protocols } = await door();
      return viewByWebSocket(url, protocols);
    },
  };
}

function ofProcesses(children: readonly ChildProcess[]): Pick<Contender, 'cost' | 'stop'> {
  return {
    cost: () => observeCost(children.flatMap(({ pid }) => (pid === undefined ? [] : [pid]))),
    stop: async () => {
      await Promise.all(children.map(end));
    },
  };
}

function startNode(program: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no output to read');
  const [line] = (await once(stdout, 'data', { signal: AbortSignal.timeout(10_000) })) as [Buffer];
  return String(line).trim();
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}

/** Nothing keeps it free, but nobody else takes ports of loopback by number here. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100 && child.exitCode === null; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    /* oxlint-disable no-await-in-loop -- until it answers */
    const there = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (there) return;
    await sleep(100);
    /* oxlint-enable no-await-in-loop */
  }
  throw new Error('websockify does not answer');
}
