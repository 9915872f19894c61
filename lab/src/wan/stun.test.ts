import { expect, test } from 'vitest';
import { parseBindingRequest, renderBindingSuccess } from './stun.ts';

// The request header and the IPv4 response of RFC 5769, 2.1 and 2.2.
const transaction = Buffer.from('b7e7a701bc34d686fa87dfae', 'hex');

test('the mapped address is the one of the test vector', () => {
  const response = renderBindingSuccess(transaction, '192.0.2.1', 32853);
  expect(response.subarray(0, 2).toString('hex')).toBe('0101');
  expect(response.subarray(20).toString('hex')).toBe('002000080001a147e112a643');
});

test('the mapped IPv6 address is the one of RFC 5769, 2.3', () => {
  const response = renderBindingSuccess(transaction, '2001:db8:1234:5678:11:2233:4455:6677', 32853);
  expect(response.readUInt16BE(2)).toBe(24);
  expect(response.subarray(20).toString('hex')).toBe(
    '002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9',
  );
});

test('only a binding request is one', () => {
  const request = Buffer.concat([Buffer.from('000100002112a442', 'hex'), transaction]);
  expect(parseBindingRequest(request)?.toString('hex')).toBe(transaction.toString('hex'));
  expect(parseBindingRequest(request.subarray(0, 19))).toBeUndefined();
  expect(parseBindingRequest(Buffer.concat([Buffer.from([1]), request]))).toBeUndefined();
});
