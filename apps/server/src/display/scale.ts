import type { RgbPicture } from './png.ts';
import type { RawFrame } from './raw-frame.ts';

/**
 * The frame at `width` pixels or its own width, whichever is less; every pixel is the mean of those
 * that it stands for, so that thin lines of text do not disappear.
 */
export function scaleDown(frame: RawFrame, width: number): RgbPicture {
  const across = Math.min(width, frame.width);
  const down = Math.max(1, Math.round((frame.height * across) / frame.width));
  const pixels = Buffer.alloc(across * down * 3);
  const edge = (index: number, count: number, length: number): number =>
    Math.floor((index * length) / count);
  for (let y = 0; y < down; y += 1) {
    const [top, bottom] = [edge(y, down, frame.height), edge(y + 1, down, frame.height)];
    for (let x = 0; x < across; x += 1) {
      const [left, right] = [edge(x, across, frame.width), edge(x + 1, across, frame.width)];
      meanOf(frame, { left, right, top, bottom }, pixels.subarray((y * across + x) * 3));
    }
  }
  return { width: across, height: down, pixels };
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function meanOf(frame: RawFrame, { left, right, top, bottom }: Box, into: Buffer): void {
  let [red, green, blue] = [0, 0, 0];
  for (let y = top; y < bottom; y += 1) {
    const end = (y * frame.width + right) * 4;
    for (let at = (y * frame.width + left) * 4; at < end; at += 4) {
      red += frame.pixels[at] ?? 0;
      green += frame.pixels[at + 1] ?? 0;
      blue += frame.pixels[at + 2] ?? 0;
    }
  }
  const count = (right - left) * (bottom - top);
  into[0] = red / count;
  into[1] = green / count;
  into[2] = blue / count;
}
