import { readFile, writeFile } from 'node:fs/promises';
import { SallyportError } from '@sallyport/contract/errors';
import type { Sysctl } from '../ports/host.ts';

/** Interface names may hold anything but a slash and white space; two dots would climb out of net. */
const SAFE_PATH = /^(?:(?!\.\.?(?:\/|$))[^/\s]+)(?:\/(?!\.\.?(?:\/|$))[^/\s]+)*$/;

/** Kernel parameters of the process's own network namespace, below /proc/sys/net. */
export function createProcSysctl(root = '/proc/sys/net'): Sysctl {
  const fileOf = (path: string): string => {
    if (!SAFE_PATH.test(path))
      throw new Error(`${JSON.stringify(path)} is not the path of a kernel parameter`);
    return `${root}/${path}`;
  };
  return {
    async read(path) {
      try {
        return (await readFile(fileOf(path), 'utf8')).trim();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    async write(path, value) {
      try {
        await writeFile(fileOf(path), `${value}\n`);
      } catch (error) {
        throw new SallyportError(
          'host_refused',
          `net/${path} can not be set to ${value}: ${(error as Error).message}`,
          {
            remedy: `Set it yourself: sysctl -w net/${path}=${value}`,
            cause: error,
          },
        );
      }
    },
  };
}
