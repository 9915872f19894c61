// Writes what is generated from the code and checked in; `--check` only compares.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const GENERATED = [{ generator: 'packages/contract/src/generate.ts', file: 'packages/contract/openapi.json' }];

const check = process.argv.includes('--check');
const directory = mkdtempSync(join(tmpdir(), 'sallyport-generate-'));
for (const [index, { generator, file }] of GENERATED.entries()) {
  const target = check ? join(directory, String(index)) : file;
  execFileSync(process.execPath, [generator, target], { stdio: 'inherit' });
  if (check && readFileSync(target, 'utf8') !== readFileSync(file, 'utf8')) {
    console.error(`${file} is not what ${generator} makes; run: npm run generate`);
    process.exitCode = 1;
  }
}
rmSync(directory, { recursive: true, force: true });
