import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../figures.ts';
import type { StartContender } from './contenders.ts';
import { startSource } from './source.ts';

export const SESSIONS = 30;
const RATE = 1_000_000;
/** Until programs are compiled and windows of TCP are open: start-up is not what is measured. */
const SETTLE_MS = 4_000;
const POINTER_MS = 100;
const POINTER = Buffer.from([5, 0, 0, 9, 0, 9]);

/**
 * Processor time of a contender, in percent of one core, with 30 sessions of 1 MB/s in 60 frames a
 * second, each with a pointer that moves ten times a second. @throws Error when the rate was not held
 */
async function measureOnce(
  start: StartContender,
  { directory, seconds }: { readonly directory: string; readonly seconds: number },
): Promise<number> {
  const source = await startSource();
  const contender = await start({ port: source.port }, directory);
  try {
    const viewers = await Promise.all(Array.from({ length: SESSIONS }, () => contender.view()));
    const counts = viewers.map((viewer) => viewer.count());
    const total = (): number => counts.reduce((sum, count) => sum + count(), 0);
    const pointers = setInterval(() => {
      for (const viewer of viewers) viewer.send(POINTER);
    }, POINTER_MS);
    source.sendAtRate(RATE);
    await sleep(SETTLE_MS);
    const [before, bytes, began] = [contender.cost().cpuMs, total(), performance.now()];
    await sleep(seconds * 1000);
    const elapsed = performance.now() - began;
    const used = contender.cost().cpuMs - before;
    const rate = ((total() - bytes) / elapsed) * 1000;
    clearInterval(pointers);
    for (const viewer of viewers) viewer.close();
    if (rate < 0.97 * SESSIONS * RATE) {
      throw new Error(`only ${(rate / 1e6).toFixed(1)} MB/s arrived: the machine is too busy`);
    }
    return (used / elapsed) * 100;
  } finally {
    await contender.stop();
    await source.close();
  }
}

/** Contenders by turns; the median of each, in the same order. */
export async function measureCpu(
  starts: readonly StartContender[],
  options: { readonly directory: string; readonly seconds: number; readonly rounds: number },
): Promise<readonly number[]> {
  const found = starts.map((): number[] => []);
  /* oxlint-disable no-await-in-loop -- by turns */
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [index, start] of starts.entries()) {
      found[index]?.push(await measureOnce(start, options));
    }
  }
  /* oxlint-enable no-await-in-loop */
  return found.map((values) => median(values));
}
