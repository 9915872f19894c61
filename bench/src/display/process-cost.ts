import { readdirSync, readFileSync } from 'node:fs';

/** What processes have used. */
export interface Cost {
  /** Processor time, in the program and in the kernel. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** Of the kernel's USER_HZ, which is 100 on every architecture that Node.js runs on. */
const TICK_MS = 10;
const PAGE = 4096;

/** Of these processes and all below them, as far as they are alive, and of children waited for. */
export function observeCost(roots: readonly number[]): Cost {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(name));
  const wanted = new Set(roots);
  for (let before = -1; before < wanted.size; ) {
    before = wanted.size;
    for (const { pid, parent } of all) if (wanted.has(parent)) wanted.add(pid);
  }
  const ours = all.filter(({ pid }) => wanted.has(pid));
  return {
    cpuMs: ours.reduce((sum, { ticks }) => sum + ticks, 0) * TICK_MS,
    residentBytes: ours.reduce((sum, { pages }) => sum + pages, 0) * PAGE,
  };
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  readonly pages: number;
}

/** proc(5): the program's name in parentheses may contain anything. Empty for one that has gone. */
function readStat(name: string): readonly Stat[] {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const field = (number: number): number => fields[number - 3] ?? 0;
    const ticks = field(14) + field(15) + field(16) + field(17);
    return [{ pid: Number(name), parent: field(4), ticks, pages: field(24) }];
  } catch {
    return [];
  }
}
