import * as z from 'zod';

/** What is read of the report of vitest's JSON reporter. */
const reportSchema = z.object({
  testResults: z
    .array(
      z.object({
        name: z.string(),
        status: z.string(),
        assertionResults: z.array(z.object({ status: z.string() })),
      }),
    )
    .default([]),
});

/** The numbers of a run; `problems` tells of failures that belong to no test. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly problems: readonly string[];
}

/**
 * Counts a run. What fails outside of a test counts as failed too: a file that does not load, a
 * hook, an unhandled rejection (vitest ends with an error, all tests passed), and a run in which
 * nothing was tested.
 * @throws ZodError when the report is not vitest's.
 */
export function countTests(report: unknown, exitCode: number): Counts {
  const files = reportSchema.parse(report).testResults;
  const statuses = files.flatMap(({ assertionResults }) => assertionResults.map((t) => t.status));
  const passed = statuses.filter((status) => status === 'passed').length;
  const failed = statuses.filter((status) => status === 'failed').length;
  const problems = files
    .filter(({ status, assertionResults: tests }) => {
      return status === 'failed' && tests.every((test) => test.status !== 'failed');
    })
    .map(({ name }) => `failed outside of its tests: ${name}`);
  if (passed + failed + problems.length === 0) problems.push('no test was run');
  else if (exitCode !== 0 && failed + problems.length === 0) {
    problems.push(`vitest ended with exit code ${exitCode}, and no test failed`);
  }
  const skipped = statuses.length - passed - failed;
  return { passed, failed: failed + problems.length, skipped, problems };
}

/** `3 passed, 0 failed`, and `, 1 skipped` where tests were left out. */
export function renderCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
