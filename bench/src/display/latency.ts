import { setTimeout as sleep } from 'node:timers/promises';
import { startXvnc } from '@sallyport/lab/display/xvnc';
import { percentile } from '../figures.ts';
import type { Contender, StartContender } from './contenders.ts';
import { type Viewer, viewDirectly } from './viewer.ts';

/** Only Raw, and no cursor drawn by the viewer: the server draws it, so a move changes pixels. */
const RAW_ONLY = Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]);
const SIZE = { width: 640, height: 480 };
const TURN = 25;

const request = (incremental: boolean): Buffer => {
  const bytes = Buffer.from([3, incremental ? 1 : 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  bytes.writeUInt16BE(SIZE.width, 6);
  bytes.writeUInt16BE(SIZE.height, 8);
  return bytes;
};

const press = (count: number): Buffer => {
  const bytes = Buffer.from([5, count % 2, 0, 0, 0, 0]);
  bytes.writeUInt16BE(40 + ((count * 37) % 500), 2);
  bytes.writeUInt16BE(40 + ((count * 23) % 380), 4);
  return bytes;
};

async function readUpdate({ queue }: Viewer): Promise<void> {
  const head = await queue.read(4);
  if (head.readUInt8() !== 0) throw new Error(`unexpected message ${head.readUInt8()}`);
  for (let left = head.readUInt16BE(2); left > 0; left -= 1) {
    /* oxlint-disable no-await-in-loop -- a stream is read in its order */
    const rectangle = await queue.read(12);
    await queue.read(rectangle.readUInt16BE(4) * rectangle.readUInt16BE(6) * 4);
    /* oxlint-enable no-await-in-loop */
  }
}

/** Milliseconds from a click elsewhere to the last byte of the pixels that it changed. */
async function click(viewer: Viewer, count: number): Promise<number> {
  viewer.send(request(true));
  // Not in step with the server's clock of frames.
  await sleep(20 + ((count * 7) % 17));
  const began = performance.now();
  viewer.send(press(count));
  await readUpdate(viewer);
  return performance.now() - began;
}

/** Median of clicks on a real X server, directly and by each contender, in this order, by turns. */
export async function measureLatency(
  starts: readonly StartContender[],
  { directory, clicks }: { readonly directory: string; readonly clicks: number },
): Promise<readonly number[]> {
  const xvnc = await startXvnc({ directory, geometry: `${SIZE.width}x${SIZE.height}` });
  const contenders: Contender[] = [];
  try {
    const ways: (() => Promise<Viewer>)[] = [() => viewDirectly(xvnc.socketPath)];
    for (const start of starts) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const contender = await start({ path: xvnc.socketPath }, directory);
      contenders.push(contender);
      ways.push(contender.view);
    }
    const found = ways.map((): number[] => []);
    /* oxlint-disable no-await-in-loop -- by turns */
    for (let turn = 0; turn * TURN < clicks; turn += 1) {
      for (const [index, view] of ways.entries()) {
        const viewer = await view();
        viewer.send(RAW_ONLY);
        viewer.send(request(false));
        await readUpdate(viewer);
        for (let count = 0; count < TURN; count += 1) {
          found[index]?.push(await click(viewer, turn * TURN + count));
        }
        viewer.close();
      }
    }
    /* oxlint-enable no-await-in-loop */
    return found.map((values) => percentile(values, 0.5));
  } finally {
    await Promise.all(contenders.map((contender) => contender.stop()));
    await xvnc.stop();
  }
}
