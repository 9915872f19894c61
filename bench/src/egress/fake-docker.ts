import { rmSync } from 'node:fs';

const http = process.getBuiltinModule('node:http');

interface CreateBody {
  readonly Name: string;
  readonly IPAM: unknown;
  readonly Options: Readonly<Record<string, string>>;
  readonly Labels: Readonly<Record<string, string>>;
}

/**
 * A Docker Engine that only remembers networks: with it the agent's own work at 1,000 networks is
 * measured, and not the real engine's, which takes minutes to make as many.
 */
export async function startFakeDocker(socket: string): Promise<{ stop(): void }> {
  const networks = new Map<string, object>();
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
        const body = JSON.parse(Buffer.concat(chunks).toString()) as CreateBody;
        const Id = `fake-${networks.size}`;
        networks.set(Id, { ...body, Id, Driver: 'bridge', Scope: 'local', Internal: false });
        return answer(201, { Id });
      }
      if (path.startsWith('/events')) return response.writeHead(200).flushHeaders();
      return answer(404, { message: `fake: ${path}` });
    });
  });
  rmSync(socket, { force: true });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  return {
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
