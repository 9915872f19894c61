import fc from 'fast-check';
import { expect, it } from 'vitest';
import { uuid7 } from './uuid7.ts';

it('is the example of RFC 9562, A.6', () => {
  const random = Uint8Array.from(Buffer.from('00000000000000000cc398c4dc0c0c07398f', 'hex')).slice(
    0,
    16,
  );
  random.set(Buffer.from('0cc318c4dc0c0c07398f', 'hex'), 6);
  expect(uuid7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

it('sorts by time, whatever is random', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const time = fc.integer({ min: 0, max: 2 ** 48 - 2 });
  fc.assert(
    fc.property(time, bytes, bytes, (now, one, other) => {
      expect(uuid7(now, one) < uuid7(now + 1, other)).toBe(true);
      expect(uuid7(now, one)).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    }),
  );
});
