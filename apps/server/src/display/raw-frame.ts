import { RfbError } from './rfb-error.ts';
import { CLIENT_MESSAGE } from './rfb-client-messages.ts';
import { StreamReader } from './stream-reader.ts';
import { signInUpstream, type Upstream } from './upstream-handshake.ts';

/** A picture of a desktop: four bytes a pixel, red, green, blue and one that means nothing. */
export interface RawFrame {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

const BYTES_PER_PIXEL = 4;
/** Sixteen million pixels, 64 MiB: larger than any screen that is sold. */
const PIXELS_LIMIT = 1 << 24;
const CUT_TEXT_LIMIT = 1 << 20;
/** RFC 6143 7.6. */
const SERVER_MESSAGE = { framebufferUpdate: 0, bell: 2, cutText: 3 } as const;
const RAW = 0;

/**
 * One picture of what a session shows. Asks for Raw alone: its length is known without decoding.
 * The stream is destroyed when this ends, one way or the other.
 *
 * @throws RfbError when the server says something that was not asked for
 */
export async function fetchFrame(upstream: Upstream, signal: AbortSignal): Promise<RawFrame> {
  const { stream } = upstream;
  // Errors reach the reads; this keeps one after the last read from ending the process.
  stream.on('error', () => undefined);
  try {
    await signInUpstream(upstream, signal);
    const reader = new StreamReader(stream, signal);
    const { width, height } = await readServerInit(reader);
    stream.write(renderRequest(width, height));
    return await readFrame(reader, width, height);
  } finally {
    stream.destroy();
  }
}

async function readServerInit(reader: StreamReader): Promise<{ width: number; height: number }> {
  const init = await reader.read(24);
  const [width, height] = [init.readUInt16BE(0), init.readUInt16BE(2)];
  if (width * height > PIXELS_LIMIT)
    throw new RfbError(`the display has ${width}x${height} pixels`);
  await reader.read(Math.min(init.readUInt32BE(20), CUT_TEXT_LIMIT));
  return { width, height };
}

function renderRequest(width: number, height: number): Buffer {
  const format = Buffer.alloc(20);
  // 32 bits, depth 24, little-endian, true colour; 8 bits a colour, red in the first byte.
  format.set([
    CLIENT_MESSAGE.setPixelFormat,
    0,
    0,
    0,
    32,
    24,
    0,
    1,
    0,
    255,
    0,
    255,
    0,
    255,
    0,
    8,
    16,
  ]);
  const encodings = Buffer.from([CLIENT_MESSAGE.setEncodings, 0, 0, 1, 0, 0, 0, RAW]);
  const request = Buffer.alloc(10);
  request.writeUInt8(CLIENT_MESSAGE.framebufferUpdateRequest);
  request.writeUInt16BE(width, 6);
  request.writeUInt16BE(height, 8);
  return Buffer.concat([format, encodings, request]);
}

async function readFrame(reader: StreamReader, width: number, height: number): Promise<RawFrame> {
  const pixels = Buffer.alloc(width * height * BYTES_PER_PIXEL);
  let missing = width * height;
  /* oxlint-disable no-await-in-loop -- a stream is read in its order */
  while (missing > 0) {
    const type = (await reader.read(1)).readUInt8();
    if (type === SERVER_MESSAGE.bell) continue;
    if (type === SERVER_MESSAGE.cutText) {
      const length = (await reader.read(7)).readUInt32BE(3);
      if (length > CUT_TEXT_LIMIT) throw new RfbError('the display sent too long a text');
      await reader.read(length);
      continue;
    }
    if (type !== SERVER_MESSAGE.framebufferUpdate) throw new RfbError(`unknown message ${type}`);
    const rectangles = (await reader.read(3)).readUInt16BE(1);
    for (let count = 0; count < rectangles; count += 1) {
      missing -= await readRectangle(reader, { width, height, pixels });
    }
  }
  /* oxlint-enable no-await-in-loop */
  return { width, height, pixels };
}

/** @returns how many pixels it brought */
async function readRectangle(reader: StreamReader, frame: RawFrame): Promise<number> {
  const head = await reader.read(12);
  const [x, y] = [head.readUInt16BE(0), head.readUInt16BE(2)];
  const [width, height] = [head.readUInt16BE(4), head.readUInt16BE(6)];
  if (head.readInt32BE(8) !== RAW) throw new RfbError('the display sent an encoding not asked for');
  if (x + width > frame.width || y + height > frame.height) {
    throw new RfbError('the display sent pixels outside of it');
  }
  if (width * height === 0) throw new RfbError('the display sent an empty rectangle');
  for (let row = 0; row < height; row += 1) {
    // oxlint-disable-next-line no-await-in-loop -- a stream is read in its order
    const line = await reader.read(width * BYTES_PER_PIXEL);
    line.copy(frame.pixels, ((y + row) * frame.width + x) * BYTES_PER_PIXEL);
  }
  return width * height;
}
