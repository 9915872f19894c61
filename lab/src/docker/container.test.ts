import { expect, test } from 'vitest';
import { parseTrafficResult, planRun } from './container.ts';
import { parseLoadReports } from './load.ts';

test('the arguments of docker run', () => {
  expect(planRun({ name: 'c' })).toEqual(['run', '--detach', '--name', 'c', 'sallyport-lab/probe']);
  expect(
    planRun({ name: 'c', network: 'n', dns: ['198.51.100.10'], command: ['traffic', 'load'] }),
  ).toEqual(
    'run --detach --name c --network n --dns 198.51.100.10 sallyport-lab/probe traffic load'.split(
      ' ',
    ),
  );
});

test('a result is the last line, and no result is an error with the output', () => {
  const result = (stdout: string) => parseTrafficResult({ code: 0, stdout, stderr: 'so there' });
  expect(result('x\n{"ok":true,"source":"192.168.4.53"}\n').source).toBe('192.168.4.53');
  expect(() => result('')).toThrow(/so there/);
  expect(() => result('{"ok":')).toThrow(/no result/);
});

test('reports of the load, without the line that is still being written', () => {
  const whole = '{"at": 1, "final": false, "tag": "t"}';
  expect(parseLoadReports(`${whole}\n{"at": 2, "fin`)).toHaveLength(1);
});
