import type { IncomingMessage } from 'node:http';
import { type Client, createClient } from '@sallyport/contract/client';
import { ENDPOINTS } from '@sallyport/contract/endpoints';
import { SallyportError } from '@sallyport/contract/errors';
import { exchange, openAnswer, type Place } from './http.ts';

/** Where the agent listens, and in whose name it is asked. */
export interface Connection {
  readonly socket: string;
  readonly actor: string;
}

/** The agent over its unix socket. Calls throw SallyportError: the agent's own, or `agent_unreachable`. */
export function openAgent(connection: Connection): Client {
  const place = placeOf(connection);
  return createClient<typeof ENDPOINTS>(ENDPOINTS, {
    name: 'agent',
    transport: (question) => exchange(place, question),
  });
}

/**
 * Asks for a stream and gives its lines as they come. Ends only when the caller leaves.
 * @throws SallyportError `agent_unreachable`, also when the agent ends the stream
 */
export async function openLines(
  connection: Connection,
  path: string,
): Promise<AsyncIterable<unknown>> {
  const place = placeOf(connection);
  const answer = await openAnswer(place, { method: 'GET', path, headers: {}, text: undefined });
  if (answer.statusCode !== 200) {
    throw new SallyportError('internal', `The agent answered ${answer.statusCode} to ${path}.`);
  }
  return lines(place, answer);
}

async function* lines(place: Place, answer: IncomingMessage): AsyncGenerator {
  let rest = '';
  try {
    for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part !== '') yield parseLine(part);
    }
  } catch (error) {
    throw place.unreachable(error);
  }
  throw place.unreachable(Object.assign(new Error('end'), { code: 'ENDED' }));
}

function placeOf({ socket, actor }: Connection): Place {
  return {
    secure: false,
    options: { socketPath: socket },
    // Header fields are ASCII; names of people need not be.
    headers: { host: 'sallyport', 'sallyport-actor': actor.replace(/[^\x20-\x7e]/g, '?') },
    unreachable: (error) => unreachable(socket, error),
  };
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SallyportError('internal', 'The agent answered something that is not JSON.', {
      remedy: 'See whether this is the address of a Sallyport agent.',
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

function unreachable(socket: string, error: unknown): SallyportError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const [reason, remedy] = REASONS[code] ?? [message, START];
  return new SallyportError(
    'agent_unreachable',
    `The agent at ${socket} can not be reached: ${reason}.`,
    { remedy: `${remedy}.`, cause: error },
  );
}
