import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import type { ContainerRoute, ReadContainerRoutes } from '../ports/containers.ts';

/**
 * Reads `/proc/PID/net/route`: a file, and so a hundred times cheaper than a process in each
 * container's namespace.
 * @param proc where procfs is mounted
 */
export function createProcRoutes(proc = '/proc'): ReadContainerRoutes {
  return async (pid) => {
    try {
      return parseProcRoutes(await readFile(`${proc}/${pid}/net/route`, 'utf8'));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The process ended before or while it was read.
      if (code === 'ENOENT' || code === 'ESRCH' || code === 'EINVAL') return null;
      throw error;
    }
  };
}

/** Pure: one route a line, with addresses as numbers in the byte order of the machine. */
function parseProcRoutes(text: string): readonly ContainerRoute[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([device = '', destination = '', gateway = '', , , , , mask = '']) =>
      mask === ''
        ? []
        : [
            {
              device,
              destination: addressOf(destination),
              length: bitsIn(mask),
              gateway: /^0+$/.test(gateway) ? null : addressOf(gateway),
            },
          ],
    );
}

function addressOf(hex: string): string {
  const bytes = [...Buffer.from(hex, 'hex')];
  return (endianness() === 'LE' ? bytes.toReversed() : bytes).join('.');
}

function bitsIn(hex: string): number {
  return Number.parseInt(hex, 16).toString(2).replaceAll('0', '').length;
}
