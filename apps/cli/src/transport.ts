import type { IncomingMessage } from 'node:http';
import type { Transport } from '@sallyport/contract/client';
import { SallyportError } from '@sallyport/contract/errors';

/**
 * Not `import 'node:http'`: the facade that an import makes of a builtin reads all its properties,
 * and node:http has getters that load undici. This way costs 30 ms of CPU less at every start.
 */
const http = process.getBuiltinModule('node:http');

/** Where the agent listens, and in whose name it is asked. */
export interface Connection {
  readonly socket: string;
  readonly actor: string;
}

type Question = Parameters<Transport>[0];

/** Reading takes the agent milliseconds; a change waits for Docker and for those before it. */
const READ_TIMEOUT_MS = 60_000;
const CHANGE_TIMEOUT_MS = 900_000;

/** HTTP over the agent's unix socket. The transport throws SallyportError `agent_unreachable`. */
export function createTransport(connection: Connection): Transport {
  return async (question) => {
    const answer = await open(connection, question);
    const text = await readAll(connection, answer);
    return { status: answer.statusCode ?? 0, body: parseJson(text) };
  };
}

/**
 * Asks for a stream and gives its lines as they come. Ends only when the caller leaves.
 * @throws SallyportError `agent_unreachable`, also when the agent ends the stream
 */
export async function openLines(
  connection: Connection,
  path: string,
): Promise<AsyncIterable<unknown>> {
  const answer = await open(connection, { method: 'GET', path, body: undefined });
  if (answer.statusCode !== 200) {
    throw new SallyportError('internal', `The agent answered ${answer.statusCode} to ${path}.`);
  }
  return lines(connection, answer);
}

async function* lines(connection: Connection, answer: IncomingMessage): AsyncGenerator {
  let rest = '';
  try {
    for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part !== '') yield parseJson(part);
    }
  } catch (error) {
    throw unreachable(connection, error);
  }
  throw unreachable(connection, Object.assign(new Error('end'), { code: 'ENDED' }));
}

function open(connection: Connection, question: Question): Promise<IncomingMessage> {
  const { method, path, body } = question;
  const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const timeout = method === 'GET' ? READ_TIMEOUT_MS : CHANGE_TIMEOUT_MS;
  return new Promise((resolve, reject) => {
    const request = http.request({
      socketPath: connection.socket,
      agent: false,
      method,
      path,
      headers: {
        host: 'sallyport',
        'sallyport-actor': connection.actor.replace(/[^\x20-\x7e]/g, '?'),
        ...(payload && { 'content-type': 'application/json', 'content-length': payload.length }),
      },
    });
    const timer = setTimeout(() => {
      request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    }, timeout);
    request.once('response', (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    request.once('error', (error) => {
      clearTimeout(timer);
      reject(unreachable(connection, error));
    });
    request.end(payload);
  });
}

async function readAll(connection: Connection, answer: IncomingMessage): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    throw unreachable(connection, error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SallyportError('internal', 'The agent answered something that is not JSON.', {
      remedy: 'See whether the socket is the one of a Sallyport agent.',
      cause: error,
    });
  }
}

const START = 'Start it: sallyport agent run';

/** What connect(2) says, in words, with what to do. */
const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ENOENT: [
    'the socket is not there',
    `${START}; or name the socket: --socket PATH, SALLYPORT_AGENT_SOCKET`,
  ],
  ENOTDIR: ['the path leads through something that is no directory', 'Correct --socket PATH'],
  ECONNREFUSED: ['nobody listens there', START],
  EACCES: ['you may not open it', 'Become a member of the group that owns the socket, or use sudo'],
  EPERM: ['you may not open it', 'Become a member of the group that owns the socket, or use sudo'],
  ENOTSOCK: ['it is no socket', 'Correct --socket PATH'],
  EPROTOTYPE: ['it is a socket of another type', 'Correct --socket PATH'],
  EINVAL: ['the path is too long for a unix socket', 'Use a path of at most 107 bytes'],
  ECONNRESET: ['it stopped before it had answered', 'Look at the log of the agent, then try again'],
  ENDED: ['it ended the stream', 'Look whether it still runs, then follow again'],
  EPIPE: ['it stopped before it had answered', 'Look at the log of the agent, then try again'],
  ETIMEDOUT: ['it took too long to answer', 'Look at the log of the agent, then try again'],
};

function unreachable({ socket }: Connection, error: unknown): SallyportError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const [reason, remedy] = REASONS[code] ?? [message, START];
  return new SallyportError(
    'agent_unreachable',
    `The agent at ${socket} can not be reached: ${reason}.`,
    { remedy: `${remedy}.`, cause: error },
  );
}
