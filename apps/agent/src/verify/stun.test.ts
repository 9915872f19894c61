import { describe, expect, it } from 'vitest';
import { bindingRequest, readMappedAddress } from './stun.ts';

const XOR_MAPPED_ADDRESS = 0x0020;
const MAPPED_ADDRESS = 0x0001;
const SOFTWARE = 0x8022;

function attribute(type: number, value: readonly number[]): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, Buffer.from(value), Buffer.alloc(-value.length & 3)]);
}

function answerTo(request: Buffer, ...attributes: readonly Buffer[]): Buffer {
  const body = Buffer.concat(attributes);
  const head = Buffer.from(request);
  head.writeUInt16BE(0x0101, 0);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** RFC 5769, 2.2: the sample IPv4 response tells 192.0.2.1 port 32853. */
const RFC_5769_TRANSACTION = Buffer.from('2112a442b7e7a701bc34d686fa87dfae', 'hex');
const RFC_5769_ADDRESS = attribute(
  XOR_MAPPED_ADDRESS,
  [0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43],
);

const plain = (...octets: readonly number[]) =>
  attribute(MAPPED_ADDRESS, [0, 1, 0x80, 0x55, ...octets]);

describe('a STUN request', () => {
  it('is a binding request without attributes, and no two are the same', () => {
    const request = bindingRequest();
    expect(request.toString('hex')).toMatch(/^000100002112a442[0-9a-f]{24}$/);
    expect(bindingRequest().equals(request)).toBe(false);
  });
});

describe('a STUN answer', () => {
  it('tells the address of RFC 5769', () => {
    const request = Buffer.concat([Buffer.from('00010000', 'hex'), RFC_5769_TRANSACTION]);
    const software = attribute(SOFTWARE, [...Buffer.from('test vector')]);
    expect(readMappedAddress(answerTo(request, software, RFC_5769_ADDRESS), request, 'ipv4')).toBe(
      '192.0.2.1',
    );
  });

  it('tells the IPv6 address of RFC 5769, 2.3', () => {
    const request = Buffer.concat([Buffer.from('00010000', 'hex'), RFC_5769_TRANSACTION]);
    const value = Buffer.from('0002a1470113a9faa5d3f179bc25f4b5bed2b9d9', 'hex');
    const answer = answerTo(request, attribute(XOR_MAPPED_ADDRESS, [...value]));
    expect(readMappedAddress(answer, request, 'ipv6')).toBe('2001:db8:1234:5678:11:2233:4455:6677');
  });

  it('may tell it plainly, as old servers do', () => {
    const request = bindingRequest();
    expect(readMappedAddress(answerTo(request, plain(255, 0, 128, 1)), request, 'ipv4')).toBe(
      '255.0.128.1',
    );
  });

  it('may tell an IPv6 address beside it', () => {
    const request = bindingRequest();
    const ipv6 = attribute(MAPPED_ADDRESS, [0, 2, 0, 0, ...Array.from({ length: 16 }, () => 1)]);
    expect(readMappedAddress(answerTo(request, ipv6, plain(192, 0, 2, 9)), request, 'ipv4')).toBe(
      '192.0.2.9',
    );
    expect(() => readMappedAddress(answerTo(request, ipv6), request, 'ipv4')).toThrow(
      'no IPv4 address',
    );
  });

  it('is none of ours with another transaction, another type or too little of it', () => {
    const request = bindingRequest();
    const answer = answerTo(request, plain(192, 0, 2, 9));
    const refused = 'not a STUN binding success';
    expect(() => readMappedAddress(answer, bindingRequest(), 'ipv4')).toThrow(refused);
    const error = Buffer.from(answer);
    error.writeUInt16BE(0x0111, 0);
    expect(() => readMappedAddress(error, request, 'ipv4')).toThrow(refused);
    expect(() => readMappedAddress(answer.subarray(0, 19), request, 'ipv4')).toThrow(refused);
    expect(() => readMappedAddress(Buffer.alloc(0), request, 'ipv4')).toThrow(refused);
  });

  it('that is cut anywhere never gives an address that was not there', () => {
    const request = bindingRequest();
    const answer = answerTo(request, attribute(SOFTWARE, [1, 2, 3]), plain(192, 0, 2, 9));
    for (let length = 0; length < answer.length; length++) {
      expect(() => readMappedAddress(answer.subarray(0, length), request, 'ipv4')).toThrow(/STUN/);
    }
  });
});
