import { constants } from 'node:fs';
import { access, readFile, statfs } from 'node:fs/promises';
import type { OwnProcess } from '../ports/own-process.ts';

/** @param stateDir as configured */
export function createOwnProcess(stateDir: string): OwnProcess {
  return {
    async capabilities() {
      const status = await readFile('/proc/self/status', 'utf8');
      // proc_pid_status(5): hexadecimal, without a prefix.
      return BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
    },

    async stateDir() {
      const refusal = await access(stateDir, constants.W_OK).then(
        () => null,
        (error: NodeJS.ErrnoException) => error.message,
      );
      const freeBytes = await statfs(stateDir).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => null,
      );
      return { path: stateDir, refusal, freeBytes };
    },
  };
}
