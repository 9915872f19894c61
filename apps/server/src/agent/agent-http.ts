import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { text } from 'node:stream/consumers';
import { createClient, refusalOf, type Transport } from '@sallyport/contract/client';
import { ENDPOINTS } from '@sallyport/contract/endpoints';
import { SallyportError } from '@sallyport/contract/errors';
import type { Upstream } from '../display/upstream-handshake.ts';
import type { AgentLink } from './agent-link.ts';
import { linesOf } from './lines.ts';
import { pullOver } from './pull.ts';

/** Reading takes the agent milliseconds; a change waits for Docker and for those before it. */
const READ_TIMEOUT_MS = 30_000;
const CHANGE_TIMEOUT_MS = 300_000;
/** As docs/api.md names it. */
const PASSWORD_HEADER = 'sallyport-display-password';
const AGENT = { name: 'agent' } as const;

/** The agent over its unix socket. Opens a connection for each call, so that it may restart. */
export function createAgentLink(socketPath: string): AgentLink {
  const ask = (options: RequestOptions, payload?: string): Promise<IncomingMessage> =>
    open({ ...options, socketPath }, payload).catch((error: unknown) => {
      throw unreachable(socketPath, error);
    });
  const readText = (response: IncomingMessage): Promise<string> =>
    text(response).catch((error: unknown) => {
      throw unreachable(socketPath, error);
    });
  const transport =
    (actor: string): Transport =>
    async ({ method, path, headers, text: payload }) => {
      const timeout = method === 'GET' ? READ_TIMEOUT_MS : CHANGE_TIMEOUT_MS;
      const signal = AbortSignal.timeout(timeout);
      const options = { method, path, signal, headers: { ...headers, ...headersOf(actor) } };
      return readAnswer(await ask(options, payload));
    };
  const readAnswer = async (response: IncomingMessage) => ({
    status: response.statusCode ?? 0,
    text: await readText(response),
  });
  return {
    as: (actor) =>
      createClient<typeof ENDPOINTS>(ENDPOINTS, { ...AGENT, transport: transport(actor) }),
    pull: async (image, { onProgress, signal }) => {
      const { method, path } = ENDPOINTS.pullImage;
      const headers = { ...headersOf('sallyport'), 'content-type': 'application/json' };
      const options = { method, path, signal, headers };
      const response = await ask(options, JSON.stringify({ image }));
      if (response.statusCode !== 200) throw refusalOf(AGENT, await readAnswer(response));
      try {
        await pullOver(response.setEncoding('utf8'), onProgress);
      } catch (error) {
        throw error instanceof SallyportError ? error : unreachable(socketPath, error);
      }
    },
    follow: async function* (signal) {
      const { method, path, response: schema } = ENDPOINTS.followEvents;
      const response = await ask({ method, path, signal, headers: headersOf('sallyport') });
      if (response.statusCode !== 200) throw refusalOf(AGENT, await readAnswer(response));
      for await (const line of linesOf(response.setEncoding('utf8'))) {
        // A newer agent may tell of what this server does not know.
        const event = schema.safeParse(JSON.parse(line));
        if (event.success) yield event.data;
      }
    },
    display: async (sessionId, signal) => {
      const path = `/v1/sessions/${encodeURIComponent(sessionId)}/display`;
      const headers = { ...headersOf('sallyport'), connection: 'upgrade', upgrade: 'rfb' };
      const answer = await upgrade({ socketPath, path, signal, headers }).catch(
        (error: unknown) => {
          throw unreachable(socketPath, error);
        },
      );
      if (!('refused' in answer)) return answer;
      throw refusalOf(AGENT, await readAnswer(answer.refused));
    },
  };
}

/** Header fields are ASCII; names of people need not be. */
function headersOf(actor: string): Record<string, string> {
  return { host: 'sallyport', 'sallyport-actor': actor.replace(/[^\x20-\x7e]/g, '?') };
}

function open(options: RequestOptions, payload: string | undefined): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = httpRequest(options, resolve);
  request.once('error', reject);
  request.end(payload);
  return promise;
}

/** The stream of a display, or the answer where there is none. */
function upgrade(
  options: RequestOptions,
): Promise<Upstream | { readonly refused: IncomingMessage }> {
  const { promise, resolve, reject } = Promise.withResolvers<
    Upstream | { readonly refused: IncomingMessage }
  >();
  const { signal, ...rest } = options;
  const request = httpRequest(rest, (response) => resolve({ refused: response }));
  // Not the request's own signal: that one would cut the display long after the upgrade.
  const abort = (): void => void request.destroy(new Error('nobody waits any more'));
  signal?.addEventListener('abort', abort, { once: true });
  const release = (): void => signal?.removeEventListener('abort', abort);
  request.once('upgrade', (response, socket, head) => {
    release();
    if (head.length > 0) socket.unshift(head);
    const password = response.headers[PASSWORD_HEADER];
    resolve({ stream: socket, password: typeof password === 'string' ? password : undefined });
  });
  request.once('error', (error) => {
    release();
    reject(error);
  });
  request.end();
  return promise;
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
