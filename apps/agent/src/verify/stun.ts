import { randomBytes } from 'node:crypto';

/* STUN (RFC 8489), as much as a binding request takes. */
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const MAGIC_COOKIE = 0x2112a442;
const HEADER = 20;
const XOR_MAPPED_ADDRESS = 0x0020;
const MAPPED_ADDRESS = 0x0001;
const FAMILY_IPV4 = 0x01;

/** A binding request with a random transaction id. */
export function bindingRequest(): Buffer {
  const request = Buffer.alloc(HEADER);
  request.writeUInt16BE(BINDING_REQUEST, 0);
  request.writeUInt32BE(MAGIC_COOKIE, 4);
  randomBytes(12).copy(request, 8);
  return request;
}

/** The IPv4 address of a binding answer to this request. @throws Error with a sentence */
export function readMappedAddress(answer: Buffer, request: Buffer): string {
  const genuine =
    answer.length >= HEADER &&
    answer.readUInt16BE(0) === BINDING_SUCCESS &&
    answer.subarray(4, HEADER).equals(request.subarray(4, HEADER));
  if (!genuine) throw new Error('the answer is not a STUN binding success for this request');
  for (const { type, value } of attributes(answer)) {
    if (value.length < 8 || value[1] !== FAMILY_IPV4) continue;
    if (type === XOR_MAPPED_ADDRESS) return dotted((value.readUInt32BE(4) ^ MAGIC_COOKIE) >>> 0);
    if (type === MAPPED_ADDRESS) return dotted(value.readUInt32BE(4));
  }
  throw new Error('the STUN answer holds no IPv4 address');
}

function* attributes(message: Buffer): Iterable<{ readonly type: number; readonly value: Buffer }> {
  let offset = HEADER;
  while (offset + 4 <= message.length) {
    const length = message.readUInt16BE(offset + 2);
    yield {
      type: message.readUInt16BE(offset),
      value: message.subarray(offset + 4, offset + 4 + length),
    };
    // Values are padded to four bytes.
    offset += 4 + Math.ceil(length / 4) * 4;
  }
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');
}
