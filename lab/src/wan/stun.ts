import { createSocket, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import type { ArrivalLog } from './arrival-log.ts';
import { wanPorts } from './ports.ts';

const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const XOR_MAPPED_ADDRESS = 0x0020;
const MAGIC_COOKIE = 0x2112a442;
const HEADER = 20;

/** The transaction id of a STUN binding request (RFC 5389, 6); undefined for anything else. */
export function parseBindingRequest(message: Buffer): Buffer | undefined {
  if (message.length < HEADER) return undefined;
  if (message.readUInt16BE(0) !== BINDING_REQUEST) return undefined;
  if (message.readUInt32BE(4) !== MAGIC_COOKIE) return undefined;
  return message.subarray(8, HEADER);
}

/** A success response with XOR-MAPPED-ADDRESS (RFC 5389, 15.2); IPv4 only. */
export function renderBindingSuccess(transaction: Buffer, address: string, port: number): Buffer {
  const response = Buffer.alloc(HEADER + 12);
  response.writeUInt16BE(BINDING_SUCCESS, 0);
  response.writeUInt16BE(12, 2);
  response.writeUInt32BE(MAGIC_COOKIE, 4);
  transaction.copy(response, 8);
  response.writeUInt16BE(XOR_MAPPED_ADDRESS, 20);
  response.writeUInt16BE(8, 22);
  response.writeUInt8(1, 25);
  response.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 26);
  const bytes = Buffer.from(address.split('.').map(Number));
  response.writeUInt32BE((bytes.readUInt32BE(0) ^ MAGIC_COOKIE) >>> 0, 28);
  return response;
}

/** STUN on one address: tells a client the address and port that it is seen with. */
export function createStun(log: ArrivalLog, local: string): Socket {
  const socket = createSocket(local.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (message, { address, port }) => {
    const transaction = parseBindingRequest(message);
    if (transaction === undefined) return;
    log.add({
      at: Date.now(),
      service: 'stun',
      source: address,
      sourcePort: port,
      local,
      localPort: wanPorts.stun,
      tag: transaction.toString('hex'),
    });
    if (isIPv4(address))
      socket.send(renderBindingSuccess(transaction, address, port), port, address);
  });
  return socket;
}
