import { setTimeout as sleep } from 'node:timers/promises';
import { startXvnc } from '@sallyport/lab/display/xvnc';
import { percentile } from '../figures.ts';
import type { Contender, StartContender } from './contenders.ts';
import { RAW_ONLY, readUpdate, requestUpdate } from './rfb.ts';
import { type Viewer, viewDirectly } from './viewer.ts';

const SIZE = { width: 640, height: 480 };
const TURN = 25;

const press = (count: number): Buffer => {
  const bytes = Buffer.from([5, count % 2, 0, 0, 0, 0]);
  bytes.writeUInt16BE(40 + ((count * 37) % 500), 2);
  bytes.writeUInt16BE(40 + ((count * 23) % 380), 4);
  return bytes;
};

/** Milliseconds from a click elsewhere to the last byte of the pixels that it changed. */
async function click(viewer: Viewer, count: number): Promise<number> {
  viewer.send(requestUpdate(SIZE, true));
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
        viewer.send(requestUpdate(SIZE, false));
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
