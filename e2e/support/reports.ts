import { execFileSync } from 'node:child_process';
import { availableParallelism, release } from 'node:os';
import { join } from 'node:path';

/** Where reports are written. */
export const REPORTS = join(import.meta.dirname, '..', '..', 'docs', 'reliability');

/** The value below which this share of the values lies (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
}

/** What it was measured on, in one sentence. */
export function machine(): string {
  const nft = execFileSync('nft', ['--version'], { encoding: 'utf8' }).split(' ')[1] ?? '';
  const kernel = release().replace(/-.*/, '');
  return `Measured on ${availableParallelism()} cores, Linux ${kernel}, nftables ${nft}, Node.js ${process.version}.`;
}
