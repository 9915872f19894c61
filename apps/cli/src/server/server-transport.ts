import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { SallyportError } from '@sallyport/contract/errors';

/** What is sent to a server. */
export interface ServerRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: unknown;
}

/** What it answered; `cookies` as `NAME=VALUE`. */
export interface ServerAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly cookies: readonly string[];
}

const READ_TIMEOUT_MS = 60_000;
/** A change of a network waits for the agent, and that for Docker. */
const CHANGE_TIMEOUT_MS = 900_000;

/**
 * One exchange with the server. Follows no redirect: a login is for one server only.
 * @throws SallyportError `server_unreachable`
 */
export async function askServer(origin: string, request: ServerRequest): Promise<ServerAnswer> {
  const answer = await send(origin, request);
  const status = answer.statusCode ?? 0;
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (error) {
    throw unreachable(origin, error);
  }
  const cookies = (answer.headers['set-cookie'] ?? []).map((one) => one.split(';', 1)[0] ?? '');
  return { status, body: parseJson(Buffer.concat(chunks).toString('utf8'), origin), cookies };
}

function send(origin: string, request: ServerRequest): Promise<IncomingMessage> {
  // Not imported, for the reason that transport.ts tells.
  const http = process.getBuiltinModule(origin.startsWith('https:') ? 'node:https' : 'node:http');
  const { method, path, body, headers } = request;
  const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const outgoing = http.request(new URL(path, origin), {
      agent: false,
      method,
      headers: {
        ...headers,
        accept: 'application/json',
        'user-agent': 'sallyport',
        ...(payload && { 'content-type': 'application/json', 'content-length': payload.length }),
      },
    });
    const timeout = method === 'GET' ? READ_TIMEOUT_MS : CHANGE_TIMEOUT_MS;
    const timer = setTimeout(() => {
      outgoing.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    }, timeout);
    outgoing.once('response', (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    outgoing.once('error', (error) => {
      clearTimeout(timer);
      reject(unreachable(origin, error));
    });
    outgoing.end(payload);
  });
}

function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SallyportError('server_unreachable', `${origin} is no Sallyport server.`, {
      remedy: 'Correct the address: --server URL, SALLYPORT_SERVER, or `sallyport login URL`.',
      cause: error,
    });
  }
}

const START = 'Start it: sallyport server run; or name another: --server URL, SALLYPORT_SERVER';
const TLS = 'Give the right name, or trust its authority: NODE_EXTRA_CA_CERTS=FILE';

const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ECONNREFUSED: ['nobody listens there', START],
  ENOTFOUND: ['its name is not known', 'Correct the address: --server URL, SALLYPORT_SERVER'],
  EAI_AGAIN: ['names can not be looked up now', 'Look whether the network is up'],
  EHOSTUNREACH: ['there is no way to it', 'Look whether the network is up'],
  ENETUNREACH: ['there is no way to it', 'Look whether the network is up'],
  ECONNRESET: ['it stopped before it had answered', 'Look at its log, then try again'],
  EPIPE: ['it stopped before it had answered', 'Look at its log, then try again'],
  ETIMEDOUT: ['it took too long to answer', 'Look at its log, then try again'],
  EPROTO: ['it does not speak TLS', 'Use http:// where it is meant'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['it does not speak TLS', 'Use http:// where it is meant'],
  HPE_INVALID_CONSTANT: ['it does not speak HTTP', 'Correct the address'],
};

function unreachable(origin: string, error: unknown): SallyportError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const isCertificate = /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO_/.test(code);
  const [reason, remedy] = isCertificate
    ? [`its certificate is not to be trusted (${message})`, TLS]
    : (REASONS[code] ?? [message, START]);
  return new SallyportError(
    'server_unreachable',
    `The server at ${origin} can not be reached: ${reason}.`,
    { remedy: `${remedy}.`, cause: error },
  );
}
