import { readFile } from 'node:fs/promises';

/** The resident memory of a process at some moment. */
export interface MemorySample {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly mebibytes: number;
}

/** null where there is no such process (any more). */
export async function observeMemory(pid: number): Promise<MemorySample | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kibibytes === undefined ? null : { at: Date.now(), mebibytes: Number(kibibytes) / 1024 };
}

/** Least squares: mebibytes an hour by which memory grows; 0 for less than two samples. */
export function slopeOf(samples: readonly MemorySample[]): number {
  const count = samples.length;
  const meanAt = samples.reduce((sum, { at }) => sum + at, 0) / count;
  const mean = samples.reduce((sum, { mebibytes }) => sum + mebibytes, 0) / count;
  let [above, below] = [0, 0];
  for (const { at, mebibytes } of samples) {
    above += (at - meanAt) * (mebibytes - mean);
    below += (at - meanAt) ** 2;
  }
  return below === 0 ? 0 : (above / below) * 3_600_000;
}
