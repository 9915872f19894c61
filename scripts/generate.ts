/**
 * Writes the files that are made from code and checked in: `npm run generate`. With `--check` it
 * writes nothing, and ends with 1 where one of them is not what the code makes of it.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, runTool } from './process.ts';

/** Programs that write one file each, to the path that is their only argument. */
const GENERATED = [
  { program: 'packages/contract/src/generate.ts', file: 'packages/contract/openapi.json' },
  {
    program: 'packages/contract/src/server/generate.ts',
    file: 'packages/contract/openapi.server.json',
  },
] as const;

const check = process.argv.includes('--check');
const folder = await mkdtemp(join(tmpdir(), 'sallyport-generate-'));
try {
  for (const [index, { program, file }] of GENERATED.entries()) {
    const out = check ? join(folder, String(index)) : join(ROOT, file);
    const { code } = await runTool('node', [join(ROOT, program), out]);
    if (code !== 0) {
      process.stderr.write(`${program} ended with exit code ${code}\n`);
      process.exitCode = 1;
    } else if (!check) {
      process.stdout.write(`${file}\n`);
    } else if (!(await isSame(out, join(ROOT, file)))) {
      process.stderr.write(`${file} is not what ${program} makes; run: npm run generate\n`);
      process.exitCode = 1;
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function isSame(made: string, checkedIn: string): Promise<boolean> {
  const [wanted, present] = await Promise.all([
    readFile(made, 'utf8'),
    readFile(checkedIn, 'utf8').catch(() => undefined),
  ]);
  return wanted === present;
}
