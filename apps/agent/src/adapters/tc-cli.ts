import * as z from 'zod';
import { SHAPER_HANDLE } from '../constants.ts';
import type { Shape, Shaping } from '../ports/shaping.ts';
import { memoByText } from './memo-by-text.ts';
import { refusing } from './refusal.ts';
import { ProgramError, type Run } from './run.ts';

/** Longest wait in a bucket's queue; after that a packet is dropped, so that TCP takes notice. */
const LATENCY = '50ms';
/** The least burst that is worth its timers; and what passes in 4 ms, a tick at 250 Hz. */
const LEAST_BURST = 32_768;
const TICKS = 250;

const qdiscSchema = z.array(
  z.object({
    kind: z.string(),
    handle: z.string().optional(),
    dev: z.string(),
    /** Bytes per second. */
    options: z.object({ rate: z.int().optional() }).optional(),
  }),
);

/** Token buckets (tc-tbf(8)) by tc: what is too much waits, and is dropped only where the queue is full. */
export function createTcCli(run: Run): Shaping {
  const readShapes = memoByText(parseShapes);
  return {
    async observe() {
      return readShapes(await refusing('tc can not read the queues', readQueues(run)));
    },

    async apply({ bridge, rate }) {
      const root = ['dev', bridge, 'root', 'handle', SHAPER_HANDLE];
      if (rate === null) {
        await refusing('tc can not take a queue away', remove(run, root));
        return;
      }
      const burst = Math.max(LEAST_BURST, Math.ceil(rate / TICKS));
      const bucket = ['rate', `${rate * 8}bit`, 'burst', String(burst), 'latency', LATENCY];
      await refusing(
        'tc refused the limit, for which the kernel needs the module sch_tbf',
        run('tc', ['qdisc', 'replace', ...root, 'tbf', ...bucket]),
      );
    },
  };
}

function parseShapes(text: string): readonly Shape[] {
  return qdiscSchema
    .parse(JSON.parse(text))
    .flatMap(({ kind, handle, dev, options }): Shape[] =>
      kind === 'tbf' && handle === SHAPER_HANDLE ? [{ bridge: dev, rate: options?.rate ?? 0 }] : [],
    );
}

/** Nothing where there is no tc(8), which is a package of its own on some hosts: nobody has set a limit there. */
async function readQueues(run: Run): Promise<string> {
  try {
    return (await run('tc', ['-N', '-j', 'qdisc', 'show'], { littleAtATime: true })).stdout;
  } catch (error) {
    if (error instanceof ProgramError && error.notInstalled) return '[]';
    throw error;
  }
}

/** Of the bridge, of a queue, or of one with our handle there may be none. */
const GONE =
  /Cannot find device|Cannot delete qdisc with handle of zero|No such file|Invalid handle/;

async function remove(run: Run, root: readonly string[]): Promise<void> {
  await run('tc', ['qdisc', 'del', ...root]).catch((error: unknown) => {
    if (!(error instanceof ProgramError && GONE.test(error.stderr))) throw error;
  });
}
