import { loadavg } from 'node:os';
import { type BenchOptions, exitCode, runMeasures } from '../measures.ts';
import { measureLists } from './lists.ts';
import { writeServerReport } from './server-report.ts';

const SESSIONS = 10_000;

/** Runs the measures one after the other; answers the exit code: 1 where a target was missed. */
export async function benchServer({ quick, only }: BenchOptions): Promise<number> {
  const load = loadavg()[0] ?? 0;
  const found = await runMeasures(
    { lists: () => measureLists({ sessions: SESSIONS, rounds: quick ? 1 : 20 }) },
    only,
  );
  if (found === undefined) return 2;
  if (!quick && only === undefined) {
    const all = [...found.values()];
    await writeServerReport({
      figures: all.flatMap(({ figures }) => figures),
      lists: all.flatMap(({ lists }) => lists),
      sessions: SESSIONS,
      load,
    });
  }
  return exitCode(found);
}
