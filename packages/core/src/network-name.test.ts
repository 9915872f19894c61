import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bridgeNameFor,
  INTERFACE_NAME_LIMIT,
  NameError,
  parseNetworkName,
} from './network-name.ts';

const good = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,61}x$/);

test('good names are taken as they are', () => {
  fc.assert(fc.property(good, (text) => parseNetworkName(text) === text));
});

test('all else is refused with a reason, and never passes anything but plain ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        expect(parseNetworkName(text)).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/);
      } catch (error) {
        expect(error).toBeInstanceOf(NameError);
      }
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['', 'is empty'],
  ['a'.repeat(64), 'has 64 characters; at most 63 are allowed'],
  ['bridge', 'is reserved; choose another name'],
  ['all', 'is reserved; choose another name'],
])('%j %s', (text, reason) => {
  expect(() => parseNetworkName(text)).toThrow(new NameError(reason));
});

test.each(['-a', '.a', '_a', 'a b', 'a/b', 'a\n', 'ä', 'a\u0000', '$(x)'])(
  '%j is refused',
  (text) => {
    expect(() => parseNetworkName(text)).toThrow(NameError);
  },
);

test('a bridge is called as the network where that fits, and always fits the kernel', () => {
  fc.assert(
    fc.property(good, (text) => {
      const name = parseNetworkName(text);
      const bridge = bridgeNameFor(name);
      expect(bridge.length).toBeLessThanOrEqual(INTERFACE_NAME_LIMIT);
      if (text.length <= INTERFACE_NAME_LIMIT) expect(bridge).toBe(text);
      else expect(bridge).toMatch(/^.{10}-[0-9a-f]{4}$/);
    }),
  );
});

test('long names with the same beginning get different bridges', () => {
  const names = Array.from({ length: 50 }, (_, index) =>
    parseNetworkName(`a_very_long_name_${index}`),
  );
  expect(new Set(names.map(bridgeNameFor)).size).toBe(names.length);
});
