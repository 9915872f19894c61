import { loadavg } from 'node:os';
import type { Figure } from '../figures.ts';
import { type BenchOptions, exitCode, runMeasures } from '../measures.ts';
import { measureFlows } from './flows.ts';
import { type ListTimes, measureLists } from './lists.ts';
import { measureStart, type StartTimes } from './start.ts';
import { writeServerReport } from './server-report.ts';

/** Sessions, entries of the audit log, flows. */
const ENTRIES = 10_000;

/** What one measure found. */
interface Found {
  readonly figures: readonly Figure[];
  readonly lists?: readonly ListTimes[];
  readonly starts?: StartTimes;
}

/** Runs the measures one after the other; answers the exit code: 1 where a target was missed. */
export async function benchServer({ quick, only }: BenchOptions): Promise<number> {
  const load = loadavg()[0] ?? 0;
  const found = await runMeasures<Found>(
    {
      start: () => measureStart(quick ? 2 : 15),
      lists: () => measureLists({ sessions: ENTRIES, rounds: quick ? 1 : 20 }),
      flows: () => measureFlows({ flows: ENTRIES, rounds: quick ? 5 : 100 }),
    },
    only,
  );
  if (found === undefined) return 2;
  if (!quick && only === undefined) {
    const all = [...found.values()];
    await writeServerReport({
      figures: all.flatMap(({ figures }) => figures),
      lists: all.flatMap(({ lists }) => lists ?? []),
      starts: all.find(({ starts }) => starts !== undefined)?.starts ?? { sallyport: [], raw: [] },
      entries: ENTRIES,
      load,
    });
  }
  return exitCode(found);
}
