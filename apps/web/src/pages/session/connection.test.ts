import { expect, test } from 'vitest';
import { judge } from './connection.tsx';

test('one slow answer is no slow connection; several are', () => {
  expect(judge([12, 900, 14])).toEqual({ ms: 14, quality: 'good' });
  expect(judge([150, 120, 900])).toEqual({ ms: 150, quality: 'fair' });
  expect(judge([900, 700, 20])).toEqual({ ms: 700, quality: 'poor' });
  expect(judge([Infinity, Infinity, 10]).quality).toBe('poor');
});
