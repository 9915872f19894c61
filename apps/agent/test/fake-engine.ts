import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from './temporary.ts';

/** How the engine answers a request. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** An answer in JSON. */
export const json =
  (body: unknown, status = 200): Answer =>
  (response) =>
    response.writeHead(status).end(JSON.stringify(body));
export const VERSION = json({ Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12' });

/** An engine that answers each `METHOD /path` by the function given, and keeps what it was asked. */
export async function startFakeEngine(answers: Readonly<Record<string, Answer>>) {
  const asked: {
    readonly what: string;
    readonly body: unknown;
    readonly headers: IncomingMessage['headers'];
  }[] = [];
  const server = createServer((request, response) => {
    const what = `${request.method} ${request.url}`;
    void text(request).then((body) => {
      const isJson = request.headers['content-type'] === 'application/json';
      asked.push({
        what,
        body: isJson ? (JSON.parse(body) as unknown) : body === '' ? null : body,
        headers: request.headers,
      });
      const answer = { 'GET /version': VERSION, ...answers }[what];
      (answer ?? json({ message: `no answer to ${what}` }, 500))(response, request);
    });
  });
  const socket = join(await temporaryDirectory(), 'docker.sock');
  await once(server.listen(socket), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, socket, server, host: `unix://${socket}` };
}
