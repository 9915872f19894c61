import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

/** Three bytes a pixel: red, green, blue. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const BYTES_PER_PIXEL = 3;
/** Each byte minus the one above it: what desktops mostly have in common. */
const FILTER_UP = 2;
const compress = promisify<Buffer, Buffer>(deflate);

/** The picture as PNG (RFC 2083), compressed off the main thread. */
export async function encodePng({ width, height, pixels }: RgbPicture): Promise<Buffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a colour, true colour; the other three know no other value, or mean "not interlaced".
  header.set([8, 2, 0, 0, 0], 8);
  const stride = width * BYTES_PER_PIXEL;
  const lines = Buffer.alloc((stride + 1) * height);
  for (let row = 0; row < height; row += 1) {
    const at = row * (stride + 1);
    lines[at] = FILTER_UP;
    for (let index = 0; index < stride; index += 1) {
      const above = row === 0 ? 0 : (pixels[(row - 1) * stride + index] ?? 0);
      lines[at + 1 + index] = (pixels[row * stride + index] ?? 0) - above;
    }
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', await compress(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  data.copy(whole, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}
