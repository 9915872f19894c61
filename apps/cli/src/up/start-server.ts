import { createInterface } from 'node:readline';
import { SallyportError } from '@sallyport/contract/errors';
import { type Part, startPart } from './child.ts';
import type { ServerUser } from './server-user.ts';

interface ServerPlace {
  /** HOST:PORT */
  readonly listen: string;
  readonly agentSocket: string;
  readonly stateDir: string;
  readonly logFile: string;
  readonly user: ServerUser;
}

/** A server that answers. */
export interface StartedServer {
  readonly part: Part;
  readonly url: string;
  /** Of the first start; null: there are users already. */
  readonly first: { readonly user: string; readonly password: string } | null;
}

/**
 * Starts the server as its own user, and waits until it listens.
 * @throws SallyportError `host_refused` with its last words
 */
export async function startServer(place: ServerPlace): Promise<StartedServer> {
  const { listen, agentSocket, stateDir, logFile, user } = place;
  const places = ['--state-dir', stateDir, '--agent-socket', agentSocket];
  const args = ['server', 'run', '--listen', listen, ...places];
  const part = await startPart({ args, logFile, ...user });
  let printed = '';
  part.stdout.on('data', (chunk) => {
    printed += String(chunk);
  });
  const port = await Promise.race([listening(part), part.ended.then(() => null)]);
  if (port === null) {
    throw new SallyportError('host_refused', 'The server did not start.', {
      remedy: `It said:\n${await part.lastWords()}`,
    });
  }
  const [, name, password] = /as (\S+) with the password (\S+)/.exec(printed) ?? [];
  return {
    part,
    url: `http://${listen.slice(0, listen.lastIndexOf(':'))}:${port}`,
    first: name === undefined || password === undefined ? null : { user: name, password },
  };
}

/** The port, once its log says that it is ready. */
async function listening(part: Part): Promise<number> {
  return new Promise((resolve) => {
    const lines = createInterface(part.stderr);
    lines.on('line', (line) => {
      const port = readyPort(line);
      if (port === null) return;
      lines.close();
      // Closing pauses what it read from; the log goes on.
      part.stderr.resume();
      resolve(port);
    });
  });
}

function readyPort(line: string): number | null {
  try {
    const { msg, port } = JSON.parse(line) as { readonly msg?: unknown; readonly port?: unknown };
    return msg === 'ready' && typeof port === 'number' ? port : null;
  } catch {
    return null;
  }
}
