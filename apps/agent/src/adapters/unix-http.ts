import type { IncomingMessage, RequestOptions } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * Not `import 'node:http'`: the facade that an import makes of a builtin reads all its properties,
 * and node:http has getters that load undici, 13 MB of it.
 */
const http = process.getBuiltinModule('node:http');

/** One HTTP request over a unix socket. */
export interface UnixRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Sent as JSON; bytes are sent as they are, as a tar. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** HTTP over one unix socket, with connections kept for the next request. */
export interface UnixHttp {
  /** Reads the whole answer. Rejects with the error of the connection, or when nothing comes in time. */
  exchange(request: UnixRequest): Promise<{ readonly status: number; readonly text: string }>;
  /** Answers as soon as the head is there; the body goes on for as long as the other side likes. */
  stream(request: UnixRequest): Promise<IncomingMessage>;
}

interface UnixHttpOptions {
  readonly timeoutMs: number;
  /** How many exchanges may be under way; more wait. */
  readonly atOnce: number;
}

export function createUnixHttp(
  socketPath: string,
  { timeoutMs, atOnce }: UnixHttpOptions,
): UnixHttp {
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
  const send = (wish: UnixRequest, options: RequestOptions) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const { method, path, signal } = wish;
      const { payload, type } = payloadOf(wish.body);
      const headers = { ...type, ...wish.headers };
      const request = http.request({
        socketPath,
        method,
        path,
        headers,
        ...(signal === undefined ? {} : { signal }),
        ...options,
      });
      request.once('response', resolve);
      request.once('error', reject);
      request.once('timeout', () => request.destroy(new Error(`no answer in ${timeoutMs} ms`)));
      request.end(payload);
    });
  return {
    async exchange(request) {
      const response = await send(request, { agent, timeout: timeoutMs });
      return { status: response.statusCode ?? 0, text: await text(response) };
    },
    // A stream holds its connection for good, so it gets one of its own.
    stream: (request) => send(request, { agent: false }),
  };
}

function payloadOf(body: unknown) {
  if (body === undefined) return { payload: undefined, type: {} };
  if (body instanceof Uint8Array)
    return { payload: body, type: { 'content-type': 'application/x-tar' } };
  return { payload: JSON.stringify(body), type: { 'content-type': 'application/json' } };
}
