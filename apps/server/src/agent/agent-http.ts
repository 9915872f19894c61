import { request as httpRequest, type RequestOptions } from 'node:http';
import { text } from 'node:stream/consumers';
import { createClient, type Transport } from '@sallyport/contract/client';
import { SallyportError } from '@sallyport/contract/errors';
import type { AgentLink } from './agent-link.ts';

/** Reading takes the agent milliseconds; a change waits for Docker and for those before it. */
const READ_TIMEOUT_MS = 30_000;
const CHANGE_TIMEOUT_MS = 300_000;

/** The agent over its unix socket. Opens a connection for each call, so that it may restart. */
export function createAgentLink(socketPath: string): AgentLink {
  return { as: (actor) => createClient(transport(socketPath, actor)) };
}

function transport(socketPath: string, actor: string): Transport {
  return async ({ method, path, body }) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const timeout = method === 'GET' ? READ_TIMEOUT_MS : CHANGE_TIMEOUT_MS;
    try {
      const answer = await exchange(
        {
          socketPath,
          method,
          path,
          signal: AbortSignal.timeout(timeout),
          headers: headersOf(actor, payload !== undefined),
        },
        payload,
      );
      return { status: answer.status, body: parseJson(answer.text) };
    } catch (error) {
      throw error instanceof SallyportError ? error : unreachable(socketPath, error);
    }
  };
}

/** Header fields are ASCII; names of people need not be. */
function headersOf(actor: string, hasBody: boolean): Record<string, string> {
  return {
    host: 'sallyport',
    'sallyport-actor': actor.replace(/[^\x20-\x7e]/g, '?'),
    ...(hasBody && { 'content-type': 'application/json' }),
  };
}

async function exchange(
  options: RequestOptions,
  payload: string | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    readonly status: number;
    readonly text: string;
  }>();
  const request = httpRequest(options, (response) => {
    text(response).then(
      (body) => resolve({ status: response.statusCode ?? 0, text: body }),
      reject,
    );
  });
  request.once('error', reject);
  request.end(payload);
  return promise;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new SallyportError('internal', 'The agent answered something that is not JSON.', {
      remedy: 'See whether the socket is the one of a Sallyport agent.',
      cause: error,
    });
  }
}

/** @returns the refusal for whatever a connection to the agent failed with */
function unreachable(socketPath: string, error: unknown): SallyportError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'the socket is not there',
    ECONNREFUSED: 'nobody listens there',
    EACCES: 'the server may not open it',
  };
  return new SallyportError(
    'agent_unreachable',
    `The agent at ${socketPath} can not be reached: ${reasons[code] ?? message}.`,
    {
      remedy:
        code === 'EACCES'
          ? 'Give the user of the server the group that owns the socket.'
          : 'Start it: sallyport agent run; or name its socket by --agent-socket.',
      cause: error,
    },
  );
}
