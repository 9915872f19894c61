import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePackages } from '@sallyport/lab/debian/packages';
import { XVNC_PROGRAMS } from '@sallyport/lab/display/xvnc';
import { type Figure, plainFigure, ratioFigure } from '../figures.ts';
import { type BenchOptions, exitCode, runMeasures } from '../measures.ts';
import { startSallyport, startWebsockify, WEBSOCKIFY } from './contenders.ts';
import { measureCpu, SESSIONS } from './cpu.ts';
import { type DisplayReport, writeDisplayReport } from './display-report.ts';
import { measureLatency } from './latency.ts';
import { growth, type MemoryLine, measureStalled } from './memory.ts';

const CONTENDERS = [startSallyport, startWebsockify];
const PROGRAMS = { ...XVNC_PROGRAMS, ...WEBSOCKIFY };
const ADDED_LIMIT_MS = 1;
const FLAT_MIB = 32;

interface Round {
  readonly directory: string;
  readonly quick: boolean;
}

/** What one measure found. */
interface Found {
  readonly figures: readonly Figure[];
  readonly memory?: DisplayReport['memory'];
}

async function latency({ directory, quick }: Round): Promise<Found> {
  const clicks = quick ? 50 : 600;
  const [direct = 0, sallyport = 0, websockify = 0] = await measureLatency(CONTENDERS, {
    directory,
    clicks,
  });
  const added = sallyport - direct;
  return {
    figures: [
      plainFigure(`click to update, directly, p50 of ${clicks}`, `${direct.toFixed(2)} ms`),
      plainFigure('added by websockify, p50', `${(websockify - direct).toFixed(2)} ms`),
      {
        name: 'added by Sallyport with the tunnel’s hop, p50',
        measured: `${added.toFixed(2)} ms`,
        target: `at most ${ADDED_LIMIT_MS} ms`,
        reached: added <= ADDED_LIMIT_MS,
      },
    ],
  };
}

async function cpu({ directory, quick }: Round): Promise<Found> {
  const options = { directory, seconds: quick ? 4 : 15, rounds: quick ? 1 : 5 };
  const [sallyport = 0, websockify = 0] = await measureCpu(CONTENDERS, options);
  const what = `${SESSIONS} sessions of 1 MB/s`;
  return {
    figures: [
      plainFigure(`CPU of websockify, ${what}`, `${websockify.toFixed(1)} % of a core`),
      plainFigure(`CPU of Sallyport with the hop, ${what}`, `${sallyport.toFixed(1)} % of a core`),
      ratioFigure('CPU of Sallyport against websockify', sallyport / websockify, { atMost: 0.6 }),
    ],
  };
}

async function memory({ directory, quick }: Round): Promise<Found> {
  const options = { directory, seconds: quick ? 4 : 12 };
  const sallyport = await measureStalled(startSallyport, options);
  const websockify = await measureStalled(startWebsockify, options);
  const grown = growth(sallyport);
  return {
    figures: [
      plainFigure('memory that websockify grows by, stalled reader', mib(growth(websockify))),
      {
        name: 'memory that Sallyport grows by, stalled reader',
        measured: mib(grown),
        target: `at most ${FLAT_MIB} MiB`,
        reached: grown <= FLAT_MIB,
      },
    ],
    memory: [
      { name: 'Sallyport', line: sallyport },
      { name: 'websockify', line: websockify },
    ] satisfies { name: string; line: MemoryLine }[],
  };
}

const mib = (value: number): string => `${Math.round(value)} MiB`;

/** Runs the measures one after the other; answers the exit code: 1 where a target was missed. */
export async function benchDisplay({ quick, only }: BenchOptions): Promise<number> {
  await ensurePackages({ progress: (line) => console.error(line), programs: PROGRAMS });
  const load = loadavg()[0] ?? 0;
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
  const round = { directory, quick };
  try {
    const found = await runMeasures<Found>(
      { latency: () => latency(round), cpu: () => cpu(round), memory: () => memory(round) },
      only,
    );
    if (found === undefined) return 2;
    const all = [...found.values()];
    if (!quick && only === undefined) {
      await writeDisplayReport({
        figures: all.flatMap(({ figures }) => figures),
        memory: all.flatMap((one) => one.memory ?? []),
        load,
      });
    }
    return exitCode(found);
  } finally {
    await rm(directory, { recursive: true });
  }
}
