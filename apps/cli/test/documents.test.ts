import { readFile } from 'node:fs/promises';
import { ERRORS } from '@sallyport/contract/errors';
import { expect, test } from 'vitest';
import { REGISTRY } from '../src/registry.ts';
import { runCli } from './run-cli.ts';

const read = (name: string): Promise<string> =>
  readFile(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

test('docs/errors.md tells every code with its status and exit code, and no other', async () => {
  const rows = [
    ...(await read('errors.md')).matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) \| .+ \| .+ \|$/gm),
  ];
  const documented = rows.map(([, code, status, exit]) => [code, Number(status), Number(exit)]);
  const wanted = Object.entries(ERRORS).map(([code, { status, exit }]) => [code, status, exit]);
  expect(documented).toEqual(wanted);
});

test('docs/cli.md shows every command with every option', async () => {
  const text = await read('cli.md');
  const synopsis = text.slice(0, text.indexOf('Every command has'));
  for (const { path, load, hidden } of REGISTRY) {
    const [group = '', ...rest] = path;
    if (hidden === true || group === 'agent' || group === 'server') continue;
    const line = synopsis
      .split('\n')
      .find((one) => one.includes(['sallyport', group, ...rest].join(' ')));
    const missing = Object.entries((await load()).options)
      .flatMap(([flag, { short }]) => [`--${flag}`, ...(short === undefined ? [] : [`-${short}`])])
      .filter((flag) => line?.includes(flag) !== true);
    // A flag with a short form is shown by one of the two.
    const shown = { command: path, missing: missing.filter((flag) => !/^(-f|--file)$/.test(flag)) };
    expect(shown).toEqual({ command: path, missing: [] });
  }
});

test('the refusal that docs/cli.md quotes is what is printed', async () => {
  const text = await read('cli.md');
  const start = text.indexOf('    $ sallyport network create mail');
  const [line = '', ...quoted] = text
    .slice(start, text.indexOf('\n\n', start))
    .split('\n')
    .map((one) => one.slice(4));
  const { code, stderr } = await runCli(line.split(' ').slice(2));
  expect(code).toBe(2);
  expect(stderr.trimEnd().split('\n')).toEqual(quoted);
});
