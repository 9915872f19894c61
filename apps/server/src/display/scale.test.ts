import { expect, test } from 'vitest';
import { scaleDown } from './scale.ts';

const grey = (...values: number[]): Buffer =>
  Buffer.from(values.flatMap((value) => [value, value, value, 99]));

test('every pixel is the mean of those that it stands for', () => {
  const frame = { width: 4, height: 2, pixels: grey(0, 10, 20, 30, 40, 50, 60, 70) };
  const { width, height, pixels } = scaleDown(frame, 2);
  expect([width, height]).toEqual([2, 1]);
  expect([...pixels]).toEqual([25, 25, 25, 45, 45, 45]);
});

test('a desktop that is small enough stays as it is, without the fourth byte', () => {
  const frame = { width: 2, height: 1, pixels: grey(1, 2) };
  expect(scaleDown(frame, 480)).toEqual({
    width: 2,
    height: 1,
    pixels: Buffer.from([1, 1, 1, 2, 2, 2]),
  });
});

test('sizes that do not divide: no pixel is read past the edge, none stands for nothing', () => {
  const frame = { width: 1921, height: 3, pixels: Buffer.alloc(1921 * 3 * 4, 200) };
  const { width, height, pixels } = scaleDown(frame, 480);
  expect([width, height]).toEqual([480, 1]);
  expect(pixels.every((byte) => byte === 200)).toBe(true);
});
