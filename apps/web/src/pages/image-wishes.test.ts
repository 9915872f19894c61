import { expect, test } from 'vitest';
import { readJson } from '../parts/json-field.tsx';
import { renderWishes, wishesOf, wrongAt } from './image-wishes.ts';

test('a refusal within a field is told with the way there; another field’s is not', () => {
  const errors = [{ field: 'volumes[0].source', message: 'must be an absolute path' }];
  expect(wrongAt(errors, 'volumes')).toBe('[0].source must be an absolute path');
  expect(wrongAt(errors, 'volumes[0].source')).toBe('must be an absolute path');
  expect(wrongAt(errors, 'volume')).toBeUndefined();
  expect(wrongAt(errors, 'volumes[0].target')).toBeUndefined();
});

test('a text that is no object with known names holds none', () => {
  expect(readJson('')).toEqual({ object: {} });
  expect(readJson('[1]')).toEqual({ problem: 'must be a JSON object' });
  expect(readJson('{"a":1}', ['a'])).toEqual({ object: { a: 1 } });
  expect(readJson('{"b":1}', ['a'])).toEqual({ problem: 'b is not known; there are a' });
  expect(readJson('{"b":')).toHaveProperty('problem');
});

test('without launch commands there are none; with unknown ones nothing is sent', () => {
  const wishes = wishesOf(null);
  expect(renderWishes(wishes)?.execConfig).toBeNull();
  expect(renderWishes({ ...wishes, execConfig: '{"later":{}}' })).toBeNull();
});
