import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { plainAddress, renderTag, type WanService } from './arrival.ts';
import type { ArrivalLog } from './arrival-log.ts';
import { wanPorts } from './ports.ts';

/** HTTP: `/json` answers {"address","port"}, any other path the client's address and a line end. */
export function createHttpEcho(log: ArrivalLog): HttpServer {
  return createHttpServer((request, response) => {
    const { socket } = request;
    const address = plainAddress(socket.remoteAddress);
    const port = socket.remotePort ?? 0;
    log.add({
      at: Date.now(),
      service: 'http',
      source: address,
      sourcePort: port,
      local: plainAddress(socket.localAddress),
      localPort: wanPorts.http,
      tag: request.url ?? '',
    });
    const json = /^\/json(?:[/?]|$)/.test(request.url ?? '');
    response.setHeader('content-type', json ? 'application/json' : 'text/plain');
    response.setHeader('cache-control', 'no-store');
    response.end(json ? JSON.stringify({ address, port }) : `${address}\n`);
  });
}

/** Logs a connection now and fills in its tag with the first bytes that come. */
function logConnection(log: ArrivalLog, service: WanService, socket: Socket): void {
  const arrival = {
    at: Date.now(),
    service,
    source: plainAddress(socket.remoteAddress),
    sourcePort: socket.remotePort ?? 0,
    local: plainAddress(socket.localAddress),
    localPort: socket.localPort ?? 0,
    tag: '',
  };
  log.add(arrival);
  socket.once('data', (chunk: Buffer) => {
    arrival.tag = renderTag(chunk);
  });
  // A reset by the other side is its business.
  socket.on('error', () => socket.destroy());
}

/** TCP: says `ADDRESS PORT` and a line end, then sends back whatever comes. */
export function createTcpEcho(log: ArrivalLog): Server {
  return createServer({ noDelay: true }, (socket) => {
    logConnection(log, 'tcp-echo', socket);
    socket.write(`${plainAddress(socket.remoteAddress)} ${String(socket.remotePort)}\n`);
    socket.pipe(socket);
  });
}

/** TCP: takes everything and answers nothing. */
export function createTcpSink(log: ArrivalLog): Server {
  return createServer((socket) => {
    logConnection(log, 'tcp-sink', socket);
    socket.resume();
  });
}

/** TCP: sends zeros as fast as the other side takes them. */
export function createTcpSource(log: ArrivalLog): Server {
  const block = Buffer.alloc(256 * 1024);
  return createServer((socket) => {
    logConnection(log, 'tcp-source', socket);
    socket.resume();
    const fill = (): void => {
      while (!socket.destroyed && socket.write(block));
    };
    socket.on('drain', fill);
    fill();
  });
}

/** UDP on one address: answers `ADDRESS PORT ` and the payload. */
export function createUdpEcho(log: ArrivalLog, local: string): UdpSocket {
  const socket = createSocket(local.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (payload, { address, port }) => {
    log.add({
      at: Date.now(),
      service: 'udp-echo',
      source: address,
      sourcePort: port,
      local,
      localPort: wanPorts.echo,
      tag: renderTag(payload),
    });
    socket.send([Buffer.from(`${address} ${String(port)} `), payload], port, address);
  });
  return socket;
}
