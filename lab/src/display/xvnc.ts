import { type ChildProcess, spawn } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Programs } from '../debian/packages.ts';

/** Programs that a desktop without a container needs, for `ensurePackages`. */
export const XVNC_PROGRAMS: Programs = {
  Xvnc: ['tigervnc-standalone-server'],
  xterm: ['xterm'],
  xclip: ['xclip'],
};

/** How a desktop is started. */
export interface XvncOptions {
  /** An empty directory for its socket and its password. */
  readonly directory: string;
  /** At most eight characters count. Without one, whoever reaches the socket is let in. */
  readonly password?: string;
  /** Width x height. */
  readonly geometry: string;
}

/** A real X server that speaks RFB on a unix socket; nothing listens on the network. */
export interface Xvnc {
  readonly socketPath: string;
  /** Starts an X client on it, which ends with it. */
  readonly start: (command: string, args: readonly string[]) => void;
  /** Copies a text in the session, as a program on its desktop would. */
  readonly copy: (text: string) => void;
  readonly stop: () => Promise<void>;
}

/** Starts Xvnc on a display number of its own choice. @throws Error when it does not come up */
export async function startXvnc({ directory, password, geometry }: XvncOptions): Promise<Xvnc> {
  const socketPath = join(directory, 'rfb.sock');
  const passwordFile = join(directory, 'password');
  if (password !== undefined) await writeFile(passwordFile, obscure(password), { mode: 0o600 });
  const server = spawn(
    'Xvnc',
    renderArguments({ socketPath, geometry, ...(password === undefined ? {} : { passwordFile }) }),
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    },
  );
  const clients: ChildProcess[] = [];
  const display = await readDisplay(server);
  const env = { ...process.env, LC_ALL: 'C', DISPLAY: `:${display}` };
  return {
    socketPath,
    start: (command, args) => {
      clients.push(spawn(command, args, { stdio: 'ignore', env }));
    },
    copy: (text) => {
      const args = ['-selection', 'clipboard', '-quiet'];
      const child = spawn('xclip', args, { stdio: ['pipe', 'ignore', 'ignore'], env });
      child.stdin?.end(text);
      clients.push(child);
    },
    stop: async () => {
      await Promise.all([...clients, server].map(end));
      await rm(socketPath, { force: true });
    },
  };
}

interface Arguments {
  readonly socketPath: string;
  readonly passwordFile?: string;
  readonly geometry: string;
}

function renderArguments({ socketPath, passwordFile, geometry }: Arguments): readonly string[] {
  const options: Readonly<Record<string, string>> = {
    displayfd: '3',
    rfbunixpath: socketPath,
    rfbunixmode: '0600',
    ...(passwordFile === undefined
      ? { SecurityTypes: 'None' }
      : { SecurityTypes: 'VncAuth', PasswordFile: passwordFile }),
    geometry,
    depth: '24',
    FrameRate: '120',
    nolisten: 'tcp',
  };
  const pairs = Object.entries(options).flatMap(([name, value]) => [`-${name}`, value]);
  // A cursor is drawn (-retro) even without a window manager.
  return [...pairs, '-UseBlacklist=0', '-AlwaysShared', '-retro'];
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}

/** The server writes its number when it is ready. */
async function readDisplay(server: ChildProcess): Promise<string> {
  const number = server.stdio[3];
  if (number === null || number === undefined || !('read' in number)) throw new Error('no pipe');
  const failed = AbortSignal.timeout(10_000);
  const line = once(number, 'data', { signal: failed });
  const gone = once(server, 'exit', { signal: failed });
  const first = await Promise.race([
    line.then(([text]) => String(text).trim()),
    gone.then(() => undefined),
  ]);
  if (first === undefined) throw new Error('Xvnc ended before it was ready');
  gone.catch(() => undefined);
  return first;
}

/**
 * The form of VNC's password files: DES with a key that everybody knows. Three equal keys of triple
 * DES are single DES, which OpenSSL 3 does not offer.
 */
function obscure(password: string): Buffer {
  const plain = Buffer.alloc(8);
  Buffer.from(password).copy(plain);
  const key = Buffer.from('e84ad660c4721ae0', 'hex');
  const cipher = createCipheriv('des-ede3', Buffer.concat([key, key, key]), null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}
