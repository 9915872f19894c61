import { setTimeout as sleep } from 'node:timers/promises';
import type { StartContender } from './contenders.ts';
import { startSource } from './source.ts';

const STEP_MS = 250;
/** What a contender is offered at most: otherwise the machine's memory would be the limit. */
const OFFERED = 1 << 30;
/** The reader stops here, and the flood begins. */
export const STALL_AT_S = 1;

/** Resident memory over time, of all processes of a contender. */
export type MemoryLine = readonly { readonly seconds: number; readonly mib: number }[];

/** One viewer who stops reading, and a display that sends as fast as it is allowed to. */
export async function measureStalled(
  start: StartContender,
  { directory, seconds }: { readonly directory: string; readonly seconds: number },
): Promise<MemoryLine> {
  const source = await startSource();
  const contender = await start({ port: source.port }, directory);
  try {
    const viewer = await contender.view();
    viewer.count();
    const line: { seconds: number; mib: number }[] = [];
    const began = performance.now();
    let stalled = false;
    for (let passed = 0; passed <= seconds; passed = (performance.now() - began) / 1000) {
      line.push({ seconds: passed, mib: contender.cost().residentBytes / 2 ** 20 });
      if (!stalled && passed >= STALL_AT_S) {
        stalled = true;
        viewer.pause();
        source.sendAll(OFFERED);
      }
      // oxlint-disable-next-line no-await-in-loop -- a look now and then
      await sleep(STEP_MS);
    }
    viewer.close();
    return line;
  } finally {
    await contender.stop();
    await source.close();
  }
}

/** From the stall on: the largest minus the one right before. */
export function growth(line: MemoryLine): number {
  const before = line.filter(({ seconds }) => seconds < STALL_AT_S).at(-1)?.mib ?? 0;
  return Math.max(...line.map(({ mib }) => mib)) - before;
}
