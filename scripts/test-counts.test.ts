import { expect, test } from 'vitest';
import { countTests, renderCounts } from './test-counts.ts';

function report(...statuses: readonly string[]): unknown {
  const status = statuses.includes('failed') ? 'failed' : 'passed';
  const assertionResults = statuses.map((each) => ({ status: each }));
  return { testResults: [{ name: 'a.test.ts', status, assertionResults }] };
}

test('counts what passed, failed and was left out', () => {
  const counts = countTests(report('passed', 'failed', 'skipped', 'todo', 'passed'), 1);
  expect(renderCounts(counts)).toBe('2 passed, 1 failed, 2 skipped');
});

test('tells nothing of skipped tests where there are none', () => {
  expect(renderCounts(countTests(report('passed'), 0))).toBe('1 passed, 0 failed');
});

test('a run without tests has failed', () => {
  for (const nothing of [{}, report(), report('skipped')]) {
    expect(countTests(nothing, 0)).toMatchObject({ failed: 1, problems: ['no test was run'] });
  }
});

test('a file that does not load counts as failed', () => {
  const broken = { name: 'b.test.ts', status: 'failed', assertionResults: [] };
  expect(countTests({ testResults: [broken] }, 1)).toMatchObject({ passed: 0, failed: 1 });
});

test('an error after the tests counts as failed', () => {
  expect(countTests(report('passed'), 1)).toMatchObject({ passed: 1, failed: 1 });
});
