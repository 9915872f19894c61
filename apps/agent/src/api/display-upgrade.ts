import type { Duplex } from 'node:stream';
import { SallyportError, toProblem } from '@sallyport/contract/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Displays } from '../sessions/displays.ts';

/** The name of what a connection to a display becomes. */
const PROTOCOL = 'rfb';
type Server = FastifyInstance['server'];
type Message = FastifyRequest['raw'];

const PATH = /^\/v1\/sessions\/([0-9a-f-]{36})\/display$/i;

/**
 * Answers upgrades: `GET /v1/sessions/{id}/display` with `Upgrade: rfb` becomes the raw bytes of the session's
 * display. Everything else that asks for an upgrade is refused.
 */
export function acceptDisplays(server: Server, displays: Displays): void {
  server.on('upgrade', (request: Message, client: Duplex, head: Buffer) => {
    // Without anybody who listens, an error of the connection would end the agent.
    client.on('error', () => undefined);
    // At once: after the end of what the client sends nothing could be put back.
    if (head.length > 0) client.unshift(head);
    void answer(request, client, displays);
  });
}

async function answer(
  { url = '', headers, method }: Message,
  client: Duplex,
  displays: Displays,
): Promise<void> {
  try {
    const id = PATH.exec(url)?.[1];
    if (id === undefined || method !== 'GET' || headers.upgrade?.toLowerCase() !== PROTOCOL) {
      throw new SallyportError('unknown_endpoint', `There is nothing to upgrade at ${url}.`, {
        remedy: 'Ask for GET /v1/sessions/{id}/display with the header Upgrade: rfb',
      });
    }
    const display = await displays.open(id);
    if (client.destroyed) return display.drop();
    writeHead(client, 'HTTP/1.1 101 Switching Protocols', {
      Connection: 'Upgrade',
      Upgrade: PROTOCOL,
      'Sallyport-Display-Password': display.password,
    });
    display.join(client);
  } catch (error) {
    const problem = toProblem(error);
    const body = JSON.stringify(problem);
    writeHead(client, `HTTP/1.1 ${problem.status} ${problem.code}`, {
      Connection: 'close',
      'Content-Type': 'application/problem+json',
      'Content-Length': String(Buffer.byteLength(body)),
    });
    client.end(body);
  }
}

function writeHead(client: Duplex, first: string, headers: Readonly<Record<string, string>>): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  client.write(`${[first, ...lines].join('\r\n')}\r\n\r\n`);
}
