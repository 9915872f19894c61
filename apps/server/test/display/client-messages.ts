import fc from 'fast-check';
import { CLIENT_MESSAGE } from '../../src/display/rfb-client-messages.ts';

export interface Sample {
  readonly name: keyof typeof CLIENT_MESSAGE | 'extendedPointer' | 'extendedClipboard';
  readonly bytes: Buffer;
}

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));

const fixed = (name: Exclude<Sample['name'], `extended${string}`>, length: number) =>
  bytes(length).map((content): Sample => {
    content.writeUInt8(CLIENT_MESSAGE[name]);
    // A plain pointer event has no bit 7, QEMU's only known message is 0.
    if (name === 'pointerEvent') content.writeUInt8(content.readUInt8(1) & 0x7f, 1);
    if (name === 'qemu') content.writeUInt8(0, 1);
    return { name, bytes: content };
  });

/** What a text of the clipboard looks like on the wire. */
export function cutText(text: string): Buffer {
  const body = Buffer.from(text, 'latin1');
  const head = Buffer.alloc(8);
  head.writeUInt8(CLIENT_MESSAGE.clientCutText);
  head.writeInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

export function extendedClipboard(flags: number, rest: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt8(CLIENT_MESSAGE.clientCutText);
  head.writeInt32BE(-(rest.length + 4), 4);
  head.writeUInt32BE(flags >>> 0, 8);
  return Buffer.concat([head, rest]);
}

/** Any message that the gateway knows, well formed. */
export const messages: fc.Arbitrary<Sample> = fc.oneof(
  fixed('setPixelFormat', 20),
  fixed('framebufferUpdateRequest', 10),
  fixed('enableContinuousUpdates', 10),
  fixed('keyEvent', 8),
  fixed('pointerEvent', 6),
  fixed('xvp', 4),
  fixed('qemu', 12),
  bytes(7).map((content): Sample => {
    content.writeUInt8(CLIENT_MESSAGE.pointerEvent);
    content.writeUInt8(content.readUInt8(1) | 0x80, 1);
    return { name: 'extendedPointer', bytes: content };
  }),
  fc.nat(40).chain((count) =>
    bytes(4 + 4 * count).map((content): Sample => {
      content.writeUInt8(CLIENT_MESSAGE.setEncodings);
      content.writeUInt16BE(count, 2);
      return { name: 'setEncodings', bytes: content };
    }),
  ),
  fc.nat(5).chain((count) =>
    bytes(8 + 16 * count).map((content): Sample => {
      content.writeUInt8(CLIENT_MESSAGE.setDesktopSize);
      content.writeUInt8(count, 6);
      return { name: 'setDesktopSize', bytes: content };
    }),
  ),
  fc.nat(64).chain((length) =>
    bytes(9 + length).map((content): Sample => {
      content.writeUInt8(CLIENT_MESSAGE.clientFence);
      content.writeUInt8(length, 8);
      return { name: 'clientFence', bytes: content };
    }),
  ),
  fc
    .string({ unit: 'binary-ascii', maxLength: 60 })
    .map((text): Sample => ({ name: 'clientCutText', bytes: cutText(text) })),
  fc.tuple(fc.nat(2 ** 32 - 1), fc.uint8Array({ maxLength: 60 })).map(
    ([flags, rest]): Sample => ({
      name: 'extendedClipboard',
      bytes: extendedClipboard(flags, Buffer.from(rest)),
    }),
  ),
);

/** The same bytes in pieces, cut at the given places. */
export function cutAt(whole: Buffer, places: readonly number[]): readonly Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (whole.length + 1)))].toSorted(
    (a, b) => a - b,
  );
  return [0, ...cuts].map((start, index) => whole.subarray(start, cuts[index] ?? whole.length));
}
