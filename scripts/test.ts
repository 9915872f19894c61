/**
 * Runs the tests and ends with one line, `N passed, N failed`, whatever vitest and the teardown of
 * the lab print before: `npm test`, `npm run test:unit`, `npm run test:lab -- [FILTER]`.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from './process.ts';
import { countTests, renderCounts } from './test-counts.ts';

const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'));
const report = join(folder, 'report.json');
try {
  const { code } = await runTool('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ]);
  const text = await readFile(report, 'utf8').catch(() => '{}');
  const counts = countTests(JSON.parse(text), code);
  for (const problem of counts.problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(`${renderCounts(counts)}\n`);
  process.exitCode = counts.failed === 0 ? 0 : code || 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
