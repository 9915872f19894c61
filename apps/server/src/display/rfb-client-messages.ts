import { RfbError } from './rfb-error.ts';

/** What a client message does, as far as the gateway treats kinds differently. */
export type ClientMessageKind = 'view' | 'key' | 'pointer' | 'clipboard' | 'resize' | 'power';

/** One message from client to server, as its first bytes tell. */
export interface ClientMessage {
  readonly kind: ClientMessageKind;
  /** Bytes that had to be seen to know the rest. */
  readonly headLength: number;
  /** Bytes that follow the head. */
  readonly bodyLength: number;
  /** Flags of the extended clipboard (its first four bytes); absent for plain text. */
  readonly clipboardFlags?: number;
}

/** RFC 6143 7.5, and the extensions by their numbers in the community's RFB specification. */
export const CLIENT_MESSAGE = {
  setPixelFormat: 0,
  setEncodings: 2,
  framebufferUpdateRequest: 3,
  keyEvent: 4,
  pointerEvent: 5,
  clientCutText: 6,
  enableContinuousUpdates: 150,
  clientFence: 248,
  xvp: 250,
  setDesktopSize: 251,
  qemu: 255,
} as const;

/** No head is longer: the extended clipboard's, with its flags. */
export const LONGEST_HEAD = 12;
/** In the mask of a pointer event: there is a seventh byte (extended mouse buttons). */
export const EXTENDED_POINTER = 0x80;
const FENCE_LIMIT = 64;

const fixed = (kind: ClientMessageKind, headLength: number): ClientMessage => ({
  kind,
  headLength,
  bodyLength: 0,
});
const PIXEL_FORMAT = fixed('view', 20);
const UPDATES = fixed('view', 10);
const KEY = fixed('key', 8);
const POINTER = fixed('pointer', 6);
const EXTENDED = fixed('pointer', 7);
const XVP = fixed('power', 4);
const QEMU_KEY = fixed('key', 12);

/**
 * The message that begins at `offset`, or `undefined` when more bytes are needed to tell.
 *
 * @throws RfbError on what this gateway does not know: its length can't be known either.
 */
export function describeClientMessage(data: Buffer, offset: number): ClientMessage | undefined {
  const available = data.length - offset;
  if (available < 1) return undefined;
  const type = data.readUInt8(offset);
  switch (type) {
    case CLIENT_MESSAGE.setPixelFormat:
      return whole(PIXEL_FORMAT, available);
    case CLIENT_MESSAGE.framebufferUpdateRequest:
    case CLIENT_MESSAGE.enableContinuousUpdates:
      return whole(UPDATES, available);
    case CLIENT_MESSAGE.keyEvent:
      return whole(KEY, available);
    case CLIENT_MESSAGE.xvp:
      return whole(XVP, available);
    case CLIENT_MESSAGE.pointerEvent:
      if (available < 2) return undefined;
      return whole(data.readUInt8(offset + 1) & EXTENDED_POINTER ? EXTENDED : POINTER, available);
    case CLIENT_MESSAGE.setEncodings:
      if (available < 4) return undefined;
      return { kind: 'view', headLength: 4, bodyLength: 4 * data.readUInt16BE(offset + 2) };
    case CLIENT_MESSAGE.setDesktopSize:
      if (available < 8) return undefined;
      return { kind: 'resize', headLength: 8, bodyLength: 16 * data.readUInt8(offset + 6) };
    case CLIENT_MESSAGE.clientFence:
      return available < 9 ? undefined : describeFence(data.readUInt8(offset + 8));
    case CLIENT_MESSAGE.clientCutText:
      return describeCutText(data, offset);
    case CLIENT_MESSAGE.qemu:
      if (available < 2) return undefined;
      if (data.readUInt8(offset + 1) !== 0) throw new RfbError('unknown message of QEMU');
      return whole(QEMU_KEY, available);
    default:
      throw new RfbError(`unknown message ${type}`);
  }
}

function whole(message: ClientMessage, available: number): ClientMessage | undefined {
  return available < message.headLength ? undefined : message;
}

function describeFence(bodyLength: number): ClientMessage {
  if (bodyLength > FENCE_LIMIT) throw new RfbError(`fence with ${bodyLength} bytes`);
  return { kind: 'view', headLength: 9, bodyLength };
}

/** A negative length announces the extended clipboard: flags, then the rest. */
function describeCutText(data: Buffer, offset: number): ClientMessage | undefined {
  const available = data.length - offset;
  if (available < 8) return undefined;
  const length = data.readInt32BE(offset + 4);
  if (length >= 0) return { kind: 'clipboard', headLength: 8, bodyLength: length };
  if (-length < 4) throw new RfbError('extended clipboard without flags');
  if (available < LONGEST_HEAD) return undefined;
  return {
    kind: 'clipboard',
    headLength: LONGEST_HEAD,
    bodyLength: -length - 4,
    clipboardFlags: data.readUInt32BE(offset + 8),
  };
}
