import { rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';

const http = process.getBuiltinModule('node:http');

interface CreateBody {
  readonly Name: string;
  readonly IPAM: {
    readonly Config: readonly { readonly Subnet: string; readonly Gateway: string }[];
  };
  readonly Options: Readonly<Record<string, string>>;
  readonly Labels: Readonly<Record<string, string>>;
}

/** A bridge as the engine would make it. */
export interface FakeBridge {
  readonly name: string;
  /** The gateway with the subnet's prefix length, for example 10.208.0.1/24. */
  readonly address: string;
}

export interface FakeDocker {
  /** Tells those who follow events that a container has joined a network, which changes nothing. */
  connectEvent(): void;
  stop(): void;
}

/**
 * A Docker Engine that remembers networks and leaves their bridges to `makeBridge`: with it the agent's
 * own work at 1,000 networks is measured, and not the real engine's, which takes minutes to make as many.
 */
export async function startFakeDocker(
  socket: string,
  makeBridge: (bridge: FakeBridge) => Promise<unknown>,
): Promise<FakeDocker> {
  const networks = new Map<string, object>();
  const followers = new Set<ServerResponse>();
  const create = async (body: CreateBody): Promise<string> => {
    const [pool] = body.IPAM.Config;
    const name = body.Options['com.docker.network.bridge.name'];
    if (pool === undefined || name === undefined) throw new Error('no subnet or no bridge');
    await makeBridge({ name, address: `${pool.Gateway}/${pool.Subnet.replace(/.*\//, '')}` });
    const id = `fake-${networks.size}`;
    networks.set(id, { ...body, Id: id, Driver: 'bridge', Scope: 'local', Internal: false });
    return id;
  };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = (request.url ?? '').replace(/^\/v[\d.]+/, '');
      const answer = (status: number, body: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      };
      if (path === '/version') return answer(200, { Version: 'fake', ApiVersion: '1.41' });
      if (path === '/networks') return answer(200, [...networks.values()]);
      if (path === '/networks/create') {
        create(JSON.parse(Buffer.concat(chunks).toString()) as CreateBody).then(
          (Id) => answer(201, { Id }),
          (error: unknown) => answer(500, { message: `fake: ${String(error)}` }),
        );
        return;
      }
      if (path.startsWith('/events')) {
        followers.add(response);
        response.on('close', () => followers.delete(response));
        return response.writeHead(200).flushHeaders();
      }
      return answer(404, { message: `fake: ${path}` });
    });
  });
  rmSync(socket, { force: true });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  return {
    connectEvent() {
      if (followers.size === 0) throw new Error('nobody follows the events of the fake Docker');
      const event = {
        Type: 'network',
        Action: 'connect',
        Actor: { ID: 'fake-0', Attributes: { name: 'net0000' } },
      };
      for (const follower of followers) follower.write(`${JSON.stringify(event)}\n`);
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
