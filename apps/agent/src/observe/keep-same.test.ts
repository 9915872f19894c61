import { describe, expect, it } from 'vitest';
import { keepSame } from './keep-same.ts';

const part = { name: 'z_custom_a' };

describe('keepSame', () => {
  it.each([
    ['an array', [part, 1], [part, 1]],
    ['an object', { part, error: null }, { part, error: null }],
    ['nothing', [], []],
  ])('keeps %s of the same parts', (_, before, now) => {
    expect(keepSame<object>(before, now)).toBe(before);
  });

  it.each<readonly [string, object, object]>([
    ['another part', [part], [{ ...part }]],
    ['one more', [part], [part, part]],
    ['one less', [part, part], [part]],
    ['another order', [1, 2], [2, 1]],
    ['another value', { error: null }, { error: 'gone' }],
    ['another key', { a: undefined }, { b: undefined }],
  ])('takes what is new where there is %s', (_, before, now) => {
    expect(keepSame(before, now)).toBe(now);
  });

  it('takes the first as it is', () => {
    expect(keepSame(null, part)).toBe(part);
  });
});
