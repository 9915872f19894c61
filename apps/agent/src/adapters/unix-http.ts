import type { IncomingMessage, RequestOptions } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * Not `import 'node:http'`: the facade that an import makes of a builtin reads all its properties,
 * and node:http has getters that load undici, 13 MB of it.
 */
const http = process.getBuiltinModule('node:http');

/** One HTTP request over a unix socket. */
export interface UnixRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** HTTP over one unix socket, with connections kept for the next request. */
export interface UnixHttp {
  /** Reads the whole answer. Rejects with the error of the connection, or when nothing comes in time. */
  exchange(request: UnixRequest): Promise<{ readonly status: number; readonly text: string }>;
  /** Answers as soon as the head is there; the body goes on for as long as the other side likes. */
  stream(request: UnixRequest): Promise<IncomingMessage>;
}

export function createUnixHttp(socketPath: string, timeoutMs: number): UnixHttp {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  const send = ({ method, path, body, signal }: UnixRequest, options: RequestOptions) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const headers = payload === undefined ? {} : { 'content-type': 'application/json' };
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
