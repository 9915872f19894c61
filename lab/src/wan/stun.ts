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

/** A success response with XOR-MAPPED-ADDRESS (RFC 5389, 15.2). */
export function renderBindingSuccess(transaction: Buffer, address: string, port: number): Buffer {
  const bytes = addressBytes(address);
  const response = Buffer.alloc(HEADER + 8 + bytes.length);
  response.writeUInt16BE(BINDING_SUCCESS, 0);
  response.writeUInt16BE(8 + bytes.length, 2);
  response.writeUInt32BE(MAGIC_COOKIE, 4);
  transaction.copy(response, 8);
  response.writeUInt16BE(XOR_MAPPED_ADDRESS, 20);
  response.writeUInt16BE(4 + bytes.length, 22);
  response.writeUInt8(isIPv4(address) ? 1 : 2, 25);
  response.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 26);
  // The cookie and the transaction hide the address.
  for (const [index, byte] of bytes.entries())
    response[28 + index] = byte ^ (response[4 + index] ?? 0);
  return response;
}

function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const after = groups(tail ?? '');
  const zeros = Array.from({ length: 8 - groups(head).length - after.length }, () => '0');
  const all = [...groups(head), ...zeros, ...after];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
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
    socket.send(renderBindingSuccess(transaction, address, port), port, address);
  });
  return socket;
}
