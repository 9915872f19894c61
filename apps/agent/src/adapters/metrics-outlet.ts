import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { SallyportError } from '@sallyport/contract/errors';

// Read as in adapters/unix-http.ts: an import would load much more than is needed.
const http = process.getBuiltinModule('node:http');

/** As often as Prometheus asks by itself. */
const WRITE_EVERY_MS = 15_000;
/** Text format 0.0.4 of Prometheus. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface MetricsOutlet {
  close(): Promise<void>;
}

interface Source {
  readonly text: () => Promise<string>;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Answers `GET /metrics` on a TCP address, and nothing else.
 * @throws SallyportError `host_refused` when the address can't be listened on
 */
export async function listenForMetrics(
  { host, port }: { readonly host: string; readonly port: number },
  { text, onFailure }: Source,
): Promise<MetricsOutlet> {
  const server = http.createServer((request, response) => {
    // Asked a few times a minute: no connection is worth keeping.
    response.setHeader('connection', 'close');
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics\n');
      return;
    }
    text().then(
      (body) => response.writeHead(200, { 'content-type': CONTENT_TYPE }).end(body),
      (error: unknown) => {
        onFailure(error);
        response.writeHead(500, { 'content-type': 'text/plain' }).end('see the log of the agent\n');
      },
    );
  });
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new SallyportError(
      'host_refused',
      `metrics.listen: ${host}:${port} can not be listened on: ${(error as Error).message}`,
      { remedy: 'Give another address, or leave metrics.listen out.', cause: error },
    );
  }
  return {
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Writes them into a file for the textfile collector of node_exporter, whole or not at all. */
export function writeMetrics(path: string, { text, onFailure }: Source): MetricsOutlet {
  const write = async (): Promise<void> => {
    try {
      await writeFile(`${path}.new`, await text(), { mode: 0o644 });
      await rename(`${path}.new`, path);
    } catch (error) {
      onFailure(error);
    }
  };
  void write();
  const timer = setInterval(() => void write(), WRITE_EVERY_MS);
  return { close: async () => clearInterval(timer) };
}
