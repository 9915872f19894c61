import type { BootGuard } from '../ports/store.ts';
import { runIpBatch } from './ip-batch.ts';
import type { Run } from './run.ts';

/** Loads what was stored for boot, without an agent, without Docker, and without knowing the host. */
export interface BootLoader {
  /** Throws where nft or ip refuse; rules that are there already are fine. */
  load(guard: BootGuard): Promise<void>;
}

export function createBootLoader(run: Run): BootLoader {
  return {
    async load({ nft, ipBatch }) {
      const rules = ipBatch
        .split('\n')
        .filter((line) => line !== '')
        // Stored by an agent that knew IPv4 alone.
        .map((line) => (line.startsWith('-') ? line : `-4 ${line}`));
      try {
        // The table first: it drops by itself what the rules would only keep from being routed.
        await run('nft', ['-f', '-'], { stdin: nft });
      } finally {
        // Also where nft refuses: by the closing rules alone nothing leaves that has no mark.
        await runIpBatch(run, rules);
      }
    },
  };
}
