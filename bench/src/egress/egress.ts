import type { Measured } from '../figures.ts';
import { writeReport } from '../report.ts';
import { progress } from './bench-lab.ts';
import { measureConnections } from './connections.ts';
import { measureCreate } from './create.ts';
import { measureRepair } from './repair.ts';
import { measureRules } from './rules.ts';
import { measureThousand } from './thousand.ts';
import { measureThroughput } from './throughput.ts';

const MEASURES = {
  thousand: measureThousand,
  repair: measureRepair,
  create: measureCreate,
  throughput: measureThroughput,
  rules: measureRules,
  connections: measureConnections,
} as const;

interface BenchOptions {
  readonly quick: boolean;
  readonly only?: string;
}

/** Runs the measures one after the other; answers the exit code: 1 where a target was missed. */
export async function benchEgress({ quick, only }: BenchOptions): Promise<number> {
  const names = Object.keys(MEASURES) as (keyof typeof MEASURES)[];
  const chosen = names.filter((name) => only === undefined || name === only);
  if (chosen.length === 0) {
    progress(`There is no measure ${JSON.stringify(only)}; there are ${names.join(', ')}.`);
    return 2;
  }
  const all: Measured[] = [];
  for (const name of chosen) {
    progress(`== ${name}`);
    const measured = await MEASURES[name]({ quick });
    all.push(measured);
    for (const { name: what, measured: value, target, reached } of measured.figures) {
      const verdict = target === '' ? '' : ` (${target}: ${reached ? 'reached' : 'MISSED'})`;
      console.log(`${what}: ${value}${verdict}`);
    }
    for (const { name: what, points } of measured.series) {
      console.log(
        `${what}: ${points.map((point) => `${point.networks}: ${Math.round(point.value)}/s`).join(', ')}`,
      );
    }
  }
  const figures = all.flatMap((measured) => measured.figures);
  if (!quick && only === undefined)
    await writeReport(
      figures,
      all.flatMap(({ series }) => series),
    );
  return figures.every(({ reached }) => reached) ? 0 : 1;
}
