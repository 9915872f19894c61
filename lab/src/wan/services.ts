import type { Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Server } from 'node:net';
import type { ArrivalLog } from './arrival-log.ts';
import { createDnsTcp, createDnsUdp } from './dns-server.ts';
import {
  createHttpEcho,
  createTcpEcho,
  createTcpSink,
  createTcpSource,
  createUdpEcho,
} from './echo.ts';
import { wanPorts } from './ports.ts';
import { createStun } from './stun.ts';

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen({ host, port, backlog: 4096 });
  await once(server, 'listening');
}

/** A failed answer, such as one to an address without a route, must not end the process. */
async function bind(socket: UdpSocket, address: string, port: number): Promise<void> {
  socket.bind({ address, port });
  await once(socket, 'listening');
  socket.on('error', () => undefined);
  socket.setRecvBufferSize(4 * 1024 * 1024);
}

/**
 * Starts every service on one address.
 *
 * A socket for each address, not one for all: an answer of a socket that is
 * bound to no address leaves with the address that the route prefers, and the
 * client would not know it as the answer to its question.
 */
export async function listenOn(address: string, log: ArrivalLog): Promise<void> {
  await Promise.all([
    listen(createHttpEcho(log), address, wanPorts.http),
    listen(createTcpEcho(log), address, wanPorts.echo),
    listen(createTcpSink(log), address, wanPorts.sink),
    listen(createTcpSource(log), address, wanPorts.source),
    listen(createDnsTcp(log), address, wanPorts.dns),
    bind(createUdpEcho(log, address), address, wanPorts.echo),
    bind(createDnsUdp(log, address), address, wanPorts.dns),
    bind(createStun(log, address), address, wanPorts.stun),
  ]);
}
