/**
 * Checks everything that needs no running: `npm run check [-- STEP…]`. Every step runs, even when
 * one before it failed; one line a step, with what it found below where it failed.
 */
import { runTool } from './process.ts';

/** The steps by name; each ends with exit code 0 when all is well. */
const STEPS: Readonly<Record<string, readonly [tool: string, ...args: string[]]>> = {
  format: ['biome', 'format', '--reporter=summary', '.'],
  types: ['tsc', '--project', '.', '--pretty', 'false'],
  'types web': ['tsc', '--project', 'apps/web', '--pretty', 'false'],
  lint: ['oxlint', '--type-aware', '--deny-warnings', '--format=unix', '.'],
  imports: ['depcruise', '--config', '.dependency-cruiser.mjs', '--output-type', 'err', '.'],
  'dead code': ['knip', '--no-progress'],
  generated: ['node', 'scripts/generate.ts', '--check'],
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(STEPS, name));
if (unknown.length > 0) {
  process.stderr.write(
    `No step ${unknown.join(', ')}; there are ${Object.keys(STEPS).join(', ')}\n`,
  );
  process.exit(2);
}

const failed: string[] = [];
for (const [name, [tool, ...args]] of Object.entries(STEPS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const began = performance.now();
  const { code, output } = await runTool(tool, args, 'pipe');
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${name.padEnd(10)} ${code === 0 ? 'ok    ' : 'FAILED'} ${seconds} s\n`);
  // 130: Ctrl-C. The steps that are left would only be interrupted in their turn.
  if (code === 130) process.exit(code);
  if (code === 0) continue;
  failed.push(name);
  process.stdout.write(`${output.trimEnd()}\n\n`);
}
if (failed.length > 0) process.stdout.write(`failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
