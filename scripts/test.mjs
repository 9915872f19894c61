// Runs the tests and ends with one line of counts. `--project unit|lab` and file filters narrow it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { project: { type: 'string' } },
  allowPositionals: true,
});
const projects = values.project === undefined ? ['unit', 'lab'] : [values.project];
const directory = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };
let broken = false;

for (const project of projects) {
  console.log(`\nTests: ${project}`);
  const file = join(directory, `${project}.json`);
  const { status } = spawnSync(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...positionals,
    ],
    { stdio: 'inherit' },
  );
  broken ||= status !== 0;
  count(file);
}
rmSync(directory, { recursive: true, force: true });

// No test at all is not a success: nothing was shown to work.
broken ||= total.passed + total.failed === 0;
if (broken && total.failed === 0) total.failed = 1;
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = broken ? 1 : 0;

function count(file) {
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'));
    total.passed += result.numPassedTests;
    total.failed += result.numFailedTests;
    total.skipped += result.numPendingTests + result.numTodoTests;
  } catch {
    broken = true;
  }
}
