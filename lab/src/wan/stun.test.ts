import { expect, test } from 'vitest';
import { parseBindingRequest, renderBindingSuccess } from './stun.ts';

// The request header and the IPv4 response of RFC 5769, 2.1 and 2.2.
const transaction = Buffer.from('b7e7a701bc34d686fa87dfae', 'hex');

test('the mapped address is the one of the test vector', () => {
  const response = renderBindingSuccess(transaction, '192.0.2.1', 32853);
  expect(response.subarray(0, 2).toString('hex')).toBe('0101');
  expect(response.subarray(20).toString('hex')).toBe('002000080001a147e112a643');
});

test('only a binding request is one', () => {
  const request = Buffer.concat([Buffer.from('000100002112a442', 'hex'), transaction]);
  expect(parseBindingRequest(request)?.toString('hex')).toBe(transaction.toString('hex'));
  expect(parseBindingRequest(request.subarray(0, 19))).toBeUndefined();
  expect(parseBindingRequest(Buffer.concat([Buffer.from([1]), request]))).toBeUndefined();
});
