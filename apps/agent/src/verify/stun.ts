import { randomBytes } from 'node:crypto';
import type { Family } from '@sallyport/core/ipv6';
import { addressText } from '@sallyport/core/prefix';

/* STUN (RFC 8489), as much as a binding request takes. */
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const MAGIC_COOKIE = 0x2112a442;
const HEADER = 20;
const XOR_MAPPED_ADDRESS = 0x0020;
const MAPPED_ADDRESS = 0x0001;
/** A family's number in the attribute, and the bytes of its addresses. */
const FAMILIES = { ipv4: { number: 1, size: 4 }, ipv6: { number: 2, size: 16 } } as const;

/** A binding request with a random transaction id. */
export function bindingRequest(): Buffer {
  const request = Buffer.alloc(HEADER);
  request.writeUInt16BE(BINDING_REQUEST, 0);
  request.writeUInt32BE(MAGIC_COOKIE, 4);
  randomBytes(12).copy(request, 8);
  return request;
}

/** The address of this family in a binding answer to this request. @throws Error with a sentence */
export function readMappedAddress(answer: Buffer, request: Buffer, family: Family): string {
  const genuine =
    answer.length >= HEADER &&
    answer.readUInt16BE(0) === BINDING_SUCCESS &&
    answer.subarray(4, HEADER).equals(request.subarray(4, HEADER));
  if (!genuine) throw new Error('the answer is not a STUN binding success for this request');
  const { number, size } = FAMILIES[family];
  for (const { type, value } of attributes(answer)) {
    if (value[1] !== number || value.length < 4 + size) continue;
    const address = value.subarray(4, 4 + size);
    if (type === MAPPED_ADDRESS) return addressText(family, valueOf(address));
    // What is in front of the address hides it: the cookie and the transaction (RFC 8489, 14.2).
    if (type === XOR_MAPPED_ADDRESS)
      return addressText(
        family,
        valueOf(address.map((byte, index) => byte ^ (request[4 + index] ?? 0))),
      );
  }
  throw new Error(`the STUN answer holds no ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address`);
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

function valueOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}
