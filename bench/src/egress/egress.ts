import { type BenchOptions, exitCode, runMeasures } from '../measures.ts';
import { writeReport } from '../report.ts';
import { measureConnections } from './connections.ts';
import { measureCreate } from './create.ts';
import { measureRepair } from './repair.ts';
import { measureRules } from './rules.ts';
import { measureThousand } from './thousand.ts';
import { measureThroughput } from './throughput.ts';

/** Runs the measures one after the other; answers the exit code: 1 where a target was missed. */
export async function benchEgress({ quick, only }: BenchOptions): Promise<number> {
  const round = { quick };
  const found = await runMeasures(
    {
      thousand: () => measureThousand(round),
      repair: () => measureRepair(round),
      create: () => measureCreate(round),
      throughput: () => measureThroughput(round),
      rules: () => measureRules(round),
      connections: () => measureConnections(round),
    },
    only,
  );
  if (found === undefined) return 2;
  const all = [...found.values()];
  const series = all.flatMap((measured) => measured.series);
  for (const { name, points } of series) {
    const rates = points.map(({ networks, value }) => `${networks}: ${Math.round(value)}/s`);
    console.log(`${name}: ${rates.join(', ')}`);
  }
  if (!quick && only === undefined) {
    await writeReport(
      all.flatMap(({ figures }) => figures),
      series,
    );
  }
  return exitCode(found);
}
