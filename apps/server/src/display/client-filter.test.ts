import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cutAt,
  cutText,
  extendedClipboard,
  messages,
  type Sample,
} from '../../test/display/client-messages.ts';
import { ClientFilter } from './client-filter.ts';
import { RfbError } from './rfb-error.ts';
import { type DisplayRights, VIEW_ONLY } from './rights.ts';

const FULL: DisplayRights = { control: true, clipboardIn: true, clipboardOut: true };

function filter(rights: DisplayRights, pieces: readonly Buffer[]) {
  const one = new ClientFilter(rights);
  const results = pieces.map((piece) => one.push(Buffer.from(piece)));
  return {
    bytes: Buffer.concat(results.flatMap(({ pass }) => pass)),
    input: results.some(({ input }) => input),
  };
}

const anyRights = fc.record({
  control: fc.boolean(),
  clipboardIn: fc.boolean(),
  clipboardOut: fc.boolean(),
});
const places = fc.array(fc.nat(), { maxLength: 40 });

/** The rule in plain words, written apart from the filter's code. */
function expected({ name, bytes }: Sample, rights: DisplayRights): Buffer {
  const nothing = Buffer.alloc(0);
  switch (name) {
    case 'setEncodings': {
      if (rights.clipboardOut) return bytes;
      // Caps with REQUEST and NOTIFY for text of size 0, then the list with one encoding more.
      const caps = Buffer.from('06000000fffffff80b00000100000000', 'hex');
      const count = bytes.readUInt16BE(2) + 1;
      const head = Buffer.from([2, 0, count >> 8, count & 255, 0xc0, 0xa1, 0xe5, 0xce]);
      return Buffer.concat([caps, head, bytes.subarray(4)]);
    }
    case 'setPixelFormat':
    case 'framebufferUpdateRequest':
    case 'enableContinuousUpdates':
    case 'clientFence':
      return bytes;
    case 'keyEvent':
    case 'pointerEvent':
    case 'setDesktopSize':
    case 'qemu':
      return rights.control ? bytes : nothing;
    case 'extendedPointer': {
      const plain = Buffer.from(bytes.subarray(0, 6));
      plain[1] = (plain[1] ?? 0) % 128;
      return rights.control ? plain : nothing;
    }
    case 'xvp':
      return nothing;
    case 'clientCutText':
      return rights.control && rights.clipboardIn ? bytes : nothing;
    case 'extendedClipboard': {
      const actions = bytes.readUInt8(8);
      const gives = (actions & 0b1_1000) !== 0;
      const asks = (actions & 0b111) !== 0;
      const allowed =
        (rights.clipboardIn || rights.clipboardOut) &&
        (!gives || rights.clipboardIn) &&
        (!asks || rights.clipboardOut);
      return rights.control && allowed ? bytes : nothing;
    }
    default:
      throw new Error('unreachable');
  }
}

describe('any messages in any pieces', () => {
  test('exactly what the rights allow goes on', () => {
    fc.assert(
      fc.property(
        fc.array(messages, { maxLength: 30 }),
        anyRights,
        places,
        (samples, rights, at) => {
          const whole = Buffer.concat(samples.map(({ bytes }) => bytes));
          const { bytes } = filter(rights, cutAt(whole, at));
          expect(bytes).toEqual(Buffer.concat(samples.map((sample) => expected(sample, rights))));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('whether there was input does not depend on the pieces', () => {
    fc.assert(
      fc.property(
        fc.array(messages, { maxLength: 8 }),
        anyRights,
        places,
        (samples, rights, at) => {
          const whole = Buffer.concat(samples.map(({ bytes }) => bytes));
          expect(filter(rights, cutAt(whole, at)).input).toBe(filter(rights, [whole]).input);
        },
      ),
    );
  });

  test('what went on is let through unchanged by a filter that allows everything: it has one reading only', () => {
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 30 }), anyRights, (samples, rights) => {
        const once = filter(rights, [Buffer.concat(samples.map(({ bytes }) => bytes))]).bytes;
        expect(filter(FULL, [once]).bytes).toEqual(once);
      }),
    );
  });

  test('arbitrary bytes: pieces change neither what goes on nor whether it ends', () => {
    const run = (rights: DisplayRights, pieces: readonly Buffer[]) => {
      const one = new ClientFilter(rights);
      const out: Buffer[] = [];
      try {
        for (const piece of pieces) out.push(...one.push(piece).pass);
      } catch (error) {
        if (!(error instanceof RfbError)) throw error;
        return 'ends';
      }
      return Buffer.concat(out).toString('hex');
    };
    const types = fc.constantFrom(0, 2, 3, 4, 5, 6, 150, 248, 251, 255);
    const content = fc
      .tuple(types, fc.uint8Array({ maxLength: 200 }))
      .map(([type, rest]) => Buffer.from([type, ...rest]));
    fc.assert(
      fc.property(content, anyRights, places, (whole, rights, at) => {
        expect(run(rights, cutAt(whole, at))).toBe(run(rights, [whole]));
      }),
      { numRuns: 1_000 },
    );
  });
});

test.each([
  ['a message of no known type', Buffer.from([7])],
  ['a fix of colour map entries, which only servers send', Buffer.from([1])],
  ['sound of QEMU', Buffer.from([255, 1, 0, 0])],
  ['a fence longer than 64 bytes', Buffer.from([248, 0, 0, 0, 0, 0, 0, 0, 65])],
  ['an extended clipboard without flags', Buffer.from([6, 0, 0, 0, 255, 255, 255, 253])],
])('%s ends the connection', (_, bytes) => {
  expect(() => new ClientFilter(FULL).push(bytes)).toThrow(RfbError);
});

test('a plain text that is announced with 2 GB takes no memory and is dropped', () => {
  const one = new ClientFilter(FULL);
  one.push(Buffer.from([6, 0, 0, 0, 127, 255, 255, 255]));
  const piece = Buffer.alloc(1 << 20);
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 2_000; count += 1) expect(one.push(piece).pass).toEqual([]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 << 20);
});

test('bytes that are harmless as an extended pointer event do not become a text elsewhere', () => {
  // A server without that extension reads six bytes, and then a ClientCutText.
  const smuggled = Buffer.from([5, 0x80, 0, 0, 0, 0, 6]);
  const rights = { ...FULL, clipboardIn: false };
  expect(filter(rights, [smuggled]).bytes).toEqual(Buffer.from([5, 0, 0, 0, 0, 0]));
});

test('one encoding more than a list can hold ends the connection of who gets no text', () => {
  expect(() => new ClientFilter(VIEW_ONLY).push(Buffer.from([2, 0, 255, 255]))).toThrow(RfbError);
});

describe('what counts as input', () => {
  const key = Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61]);
  const request = Buffer.from([3, 1, 0, 0, 0, 0, 0, 9, 0, 9]);

  test.each([
    ['a key', key, FULL, true],
    ['a key that was dropped', key, VIEW_ONLY, false],
    ['a text', cutText('a'), FULL, true],
    ['a text that was dropped', cutText('a'), { ...FULL, clipboardIn: false }, false],
    ['looking on', request, FULL, false],
    ['a provided text', extendedClipboard(1 << 28, Buffer.alloc(4)), FULL, true],
  ])('%s', (...[, bytes, rights, input]) => {
    expect(filter(rights, [bytes]).input).toBe(input);
  });
});
