import type { ByteQueue } from './byte-queue.ts';

/** Of a desktop, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Only Raw, and no cursor drawn by the viewer: the server draws it, so a move changes pixels. */
export const RAW_ONLY = Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]);

/** RFC 6143 7.5.3: the whole picture, at once or when something in it changes. */
export function requestUpdate({ width, height }: Size, incremental: boolean): Buffer {
  const bytes = Buffer.from([3, incremental ? 1 : 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  bytes.writeUInt16BE(width, 6);
  bytes.writeUInt16BE(height, 8);
  return bytes;
}

/** To the last byte of the next update of pixels. @throws Error when something else comes */
export async function readUpdate({ queue }: { readonly queue: ByteQueue }): Promise<void> {
  const head = await queue.read(4);
  if (head.readUInt8() !== 0) throw new Error(`unexpected message ${head.readUInt8()}`);
  for (let left = head.readUInt16BE(2); left > 0; left -= 1) {
    /* oxlint-disable no-await-in-loop -- a stream is read in its order */
    const rectangle = await queue.read(12);
    await queue.read(rectangle.readUInt16BE(4) * rectangle.readUInt16BE(6) * 4);
    /* oxlint-enable no-await-in-loop */
  }
}
