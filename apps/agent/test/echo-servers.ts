import dgram from 'node:dgram';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import net from 'node:net';
import { onTestFinished } from 'vitest';

/* Small echo services on loopback that go with the test that asked for them. All answer their port. */

export async function serveHttp(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return portOf(server.address());
}

export async function serveTcp(listener: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    listener(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return portOf(server.address());
}

/** @param answer null: stays silent */
export async function serveUdp(answer: (request: Buffer) => Buffer | null): Promise<number> {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (request, { port, address }) => {
    const reply = answer(request);
    if (reply !== null) socket.send(reply, port, address);
  });
  await once(socket.bind(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void socket.close());
  return socket.address().port;
}

/** A port of loopback on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = net.createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const port = portOf(server.address());
  await once(server.close(), 'close');
  return port;
}

/** RFC 1035: the question again, and one record with the data given. */
export function dnsAnswer(question: Buffer, data: Buffer): Buffer {
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(1, 6);
  head.writeUInt32BE(0, 8);
  const end = question.indexOf(0, 12) + 5;
  const type = question.subarray(end - 4, end);
  const record = Buffer.from([0xc0, 12, ...type, 0, 0, 0, 0, 0, data.length]);
  return Buffer.concat([head, question.subarray(12, end), record, data]);
}

function portOf(address: string | net.AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('it does not listen');
  return address.port;
}
