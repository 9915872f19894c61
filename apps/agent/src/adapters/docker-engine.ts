import { createInterface } from 'node:readline';
import { SallyportError } from '@sallyport/contract/errors';
import * as z from 'zod';
import type { Docker, DockerNetwork } from '../ports/docker.ts';
import { containerReading } from './docker-containers.ts';
import {
  BRIDGE_NAME,
  eventSchema,
  ICC,
  MASQUERADE,
  networkSchema,
  toDockerNetwork,
  versionSchema,
} from './docker-schema.ts';
import { createUnixHttp, type UnixRequest } from './unix-http.ts';

/** The oldest API with everything that is used here (Engine 20.10), and the newest that was read. */
const OLDEST_API = 41;
const NEWEST_API = 47;
const TIMEOUT_MS = 30_000;

/**
 * The Docker Engine over its unix socket: six requests, so no client library with a privileged
 * process' worth of packages is needed (docs/adr/0003).
 * @param dockerHost `unix:///path`; the agent and its Docker live on the same host
 */
export function createDockerEngine(dockerHost: string): Docker {
  const socketPath = socketOf(dockerHost);
  const http = createUnixHttp(socketPath, TIMEOUT_MS);
  let api: Promise<string> | null = null;

  const send = async (request: UnixRequest): Promise<unknown> => {
    const { status, text } = await reach(http.exchange(request), socketPath);
    if (status >= 400) throw refusal(status, text);
    return text === '' ? null : (JSON.parse(text) as unknown);
  };
  const version = async () => {
    const answer = versionSchema.parse(await send({ method: 'GET', path: '/version' }));
    return { version: answer.Version, apiVersion: answer.ApiVersion };
  };
  // Asked once a connection: an engine that was upgraded answers under its old version as well.
  const versioned = async (path: string): Promise<string> => {
    api ??= version().then(({ apiVersion }) => negotiate(apiVersion));
    try {
      return `/v${await api}${path}`;
    } catch (error) {
      api = null;
      throw error;
    }
  };

  const getOrNull = async (path: string): Promise<unknown> => {
    try {
      return await send({ method: 'GET', path: await versioned(path) });
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  };

  return {
    version,
    ...containerReading(getOrNull),

    async networks() {
      const answer = await send({ method: 'GET', path: await versioned('/networks') });
      // Docker lists them in another order each time (it walks a Go map).
      return z.array(networkSchema).parse(answer).map(toDockerNetwork).toSorted(byName);
    },

    async attached(networkId) {
      const path = await versioned(`/networks/${encodeURIComponent(networkId)}`);
      const { Containers } = networkSchema.parse(await send({ method: 'GET', path }));
      return Object.entries(Containers ?? {}).map(([id, { Name, IPv4Address }]) => ({
        id,
        name: Name,
        ipv4: IPv4Address.replace(/\/.*/, ''),
      }));
    },

    async createNetwork({ name, bridge, subnet, gateway, ipv6, reserved, labels }) {
      const body = {
        Name: name,
        CheckDuplicate: true,
        Driver: 'bridge',
        Attachable: true,
        EnableIPv6: ipv6 !== null,
        IPAM: {
          Driver: 'default',
          Config: [
            { Subnet: subnet, Gateway: gateway, AuxiliaryAddresses: reserved },
            ...(ipv6 === null ? [] : [{ Subnet: ipv6.subnet, Gateway: ipv6.gateway }]),
          ],
        },
        Options: { [BRIDGE_NAME]: bridge, [MASQUERADE]: 'false', [ICC]: 'false' },
        Labels: labels,
      };
      const answer = await send({
        method: 'POST',
        path: await versioned('/networks/create'),
        body,
      });
      return z.object({ Id: z.string() }).parse(answer).Id;
    },

    async removeNetwork(id) {
      try {
        await send({
          method: 'DELETE',
          path: await versioned(`/networks/${encodeURIComponent(id)}`),
        });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },

    async *events(signal) {
      const filters = encodeURIComponent(JSON.stringify({ type: ['network', 'container'] }));
      const path = await versioned(`/events?filters=${filters}`);
      const answer = await reach(http.stream({ method: 'GET', path, signal }), socketPath);
      for await (const line of createInterface({ input: answer })) {
        const { Type, Action, Actor } = eventSchema.parse(JSON.parse(line));
        yield { type: Type, action: Action, name: Actor.Attributes['name'] ?? Actor.ID };
      }
    },
  };
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

function byName(a: DockerNetwork, b: DockerNetwork): number {
  return a.name < b.name ? -1 : 1;
}

function isGone(error: unknown): boolean {
  return error instanceof DockerRefusal && error.status === 404;
}
