import type { IncomingMessage } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { SallyportError } from '@sallyport/contract/errors';
import * as z from 'zod';
import { versionSchema } from './docker-schema.ts';
import { createUnixHttp, type UnixRequest } from './unix-http.ts';

/** The oldest API with everything that is used here (Engine 20.10), and the newest that was read. */
const OLDEST_API = 41;
const NEWEST_API = 47;
const TIMEOUT_MS = 30_000;

/** Requests to the Docker Engine; paths are without the version. */
export interface DockerClient {
  readonly version: () => Promise<{ readonly version: string; readonly apiVersion: string }>;
  /** The parsed answer; null where there is none. @throws DockerRefusal */
  readonly send: (request: UnixRequest) => Promise<unknown>;
  /** GET; null: there is no such thing. */
  readonly getOrNull: (path: string) => Promise<unknown>;
  /** Answers as soon as the head is there. @throws DockerRefusal */
  readonly stream: (request: UnixRequest) => Promise<IncomingMessage>;
}

/**
 * The Docker Engine over its unix socket: a few requests, so no client library with a privileged
 * process' worth of packages is needed (docs/adr/0003).
 * @param dockerHost `unix:///path`; the agent and its Docker live on the same host
 * @param atOnce how many requests may be under way, streams aside
 */
export function createDockerClient(dockerHost: string, atOnce: number): DockerClient {
  const socketPath = socketOf(dockerHost);
  const http = createUnixHttp(socketPath, { timeoutMs: TIMEOUT_MS, atOnce });
  let api: Promise<string> | null = null;

  const plain = async (request: UnixRequest): Promise<unknown> => {
    const answer = await reach(http.exchange(request), socketPath);
    if (answer.status >= 400) throw refusal(answer.status, answer.text);
    return answer.text === '' ? null : (JSON.parse(answer.text) as unknown);
  };
  const version = async () => {
    const answer = versionSchema.parse(await plain({ method: 'GET', path: '/version' }));
    return { version: answer.Version, apiVersion: answer.ApiVersion };
  };
  // Asked once a connection: an engine that was upgraded answers under its old version as well.
  const versioned = async (request: UnixRequest): Promise<UnixRequest> => {
    api ??= version().then(({ apiVersion }) => negotiate(apiVersion));
    try {
      return { ...request, path: `/v${await api}${request.path}` };
    } catch (error) {
      api = null;
      throw error;
    }
  };
  const send = async (request: UnixRequest) => plain(await versioned(request));
  return {
    version,
    send,
    async getOrNull(path) {
      try {
        return await send({ method: 'GET', path });
      } catch (error) {
        if (refusedWith(error, 404)) return null;
        throw error;
      }
    },
    async stream(request) {
      const answer = await reach(http.stream(await versioned(request)), socketPath);
      const status = answer.statusCode ?? 0;
      if (status < 400) return answer;
      throw refusal(status, await readText(answer));
    },
  };
}

/** Whether Docker refused with this HTTP status. */
export function refusedWith(error: unknown, status: number): error is SallyportError {
  return error instanceof DockerRefusal && error.status === status;
}

function socketOf(dockerHost: string): string {
  if (dockerHost.startsWith('unix:///')) return dockerHost.slice('unix://'.length);
  throw new SallyportError(
    'invalid_input',
    `DOCKER_HOST is ${JSON.stringify(dockerHost)}, but the agent can only speak to the Docker Engine of its own host.`,
    {
      remedy: 'Set it to a unix socket, for example unix:///var/run/docker.sock',
    },
  );
}

function negotiate(apiVersion: string): string {
  const minor = Number(apiVersion.split('.')[1]);
  if (minor >= OLDEST_API) return `1.${Math.min(minor, NEWEST_API)}`;
  throw new SallyportError(
    'docker_refused',
    `Docker speaks API ${apiVersion}; at least 1.${OLDEST_API} (Engine 20.10) is needed.`,
    {
      remedy: 'Upgrade Docker.',
    },
  );
}

async function reach<T>(request: Promise<T>, socketPath: string): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'it is not there' : code === 'ECONNREFUSED' ? 'nobody listens' : message;
    throw new SallyportError(
      'docker_unreachable',
      `Docker does not answer at ${socketPath}: ${why}.`,
      {
        remedy: 'Start Docker (systemctl start docker), or set DOCKER_HOST.',
        cause: error,
      },
    );
  }
}

class DockerRefusal extends SallyportError {
  readonly status: number;
  constructor(status: number, message: string) {
    super('docker_refused', `Docker refused: ${message}`, {
      // Somebody flushed the chains that Docker makes once, when it starts.
      remedy: message.includes('iptables failed')
        ? 'Let Docker make its chains anew: systemctl restart docker'
        : '',
    });
    this.status = status;
  }
}

function refusal(status: number, text: string): DockerRefusal {
  const parsed = z.object({ message: z.string() }).safeParse(tryJson(text));
  return new DockerRefusal(status, parsed.success ? parsed.data.message : `${status} ${text}`);
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
