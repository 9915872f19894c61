import { join } from 'node:path';
import { violationSchema } from '@sallyport/contract/violations';
import * as z from 'zod';
import { storedCountersSchema } from './accounting/counter-book.ts';
import { dropMemorySchema } from './accounting/lasting-drops.ts';
import { createKeptFile } from './adapters/kept-file.ts';

/** What outlives the agent besides what was asked for: figures and times, each in a file of its own. */
export function composeKept(stateDir: string) {
  return {
    counters: createKeptFile(join(stateDir, 'counters.json'), storedCountersSchema),
    drops: createKeptFile(join(stateDir, 'drops.json'), dropMemorySchema),
    violations: createKeptFile(join(stateDir, 'violations.json'), z.array(violationSchema)),
  };
}
