import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ERRORS, type ErrorCode, SallyportError } from '@sallyport/contract/errors';
import { problemSchema } from '@sallyport/contract/problem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answers, startFakeAgent } from './fake-agent.ts';
import { runCli } from './run-cli.ts';
import { DOCUMENT_TEXT, networkA } from './samples.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-exit-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a line without and with `--json`; both must end alike and tell the same. */
async function fails(words: readonly string[], setting: Parameters<typeof runCli>[1] = {}) {
  const people = await runCli(words, setting);
  const scripts = await runCli(['--json', ...words], setting);
  expect(people.stdout).toBe('');
  expect(people.stderr).toMatch(/^sallyport: ./);
  expect(scripts.stderr).toBe('');
  expect(scripts.code).toBe(people.code);
  const { error } = JSON.parse(scripts.stdout) as { readonly error: unknown };
  const problem = problemSchema.parse(error);
  expect(ERRORS[problem.code].exit).toBe(people.code);
  return { code: people.code, stderr: people.stderr, problem };
}

describe('2: bad input, without an agent', () => {
  const create = ['network', 'create'];
  const good = ['--egress-ip', '192.168.4.153'];
  test.each([
    [['netwrok'], 'Did you mean network?'],
    [['network', 'lst'], 'Did you mean list?'],
    [['network'], 'A command is missing.'],
    [['help', 'network', 'lst'], "Unknown command 'lst'."],
    [['network', 'list', '--jsn'], 'Did you mean --json?'],
    [['network', 'list', 'extra'], 'Too many arguments'],
    [['network', 'show'], "Missing required argument 'NAME'."],
    [[...create, 'a'], "Required option '--egress-ip <ADDR>' not specified."],
    [[...create, 'a', '--egress-ip'], "'--egress-ip <ADDR>' argument missing."],
    [
      [...create, 'a', '--egress-ip', '300.1.1.1'],
      '--egress-ip: "300.1.1.1" is not an IPv4 address',
    ],
    [[...create, 'a', '--egress-ip', '::1'], '--egress-ip: "::1" is an IPv6 address where'],
    [
      [...create, 'a', '--egress-ip', '127.0.0.1'],
      '--egress-ip: "127.0.0.1" is a loopback address',
    ],
    [[...create, 'a b', ...good], 'NAME: "a b" must begin with a letter or digit'],
    [[...create, 'a'.repeat(64), ...good], 'has 64 characters; at most 63 are allowed'],
    [[...create, 'bridge', ...good], 'NAME: "bridge" is reserved'],
    [[...create, 'a', ...good, '--subnet', '10.0.0.1/8'], 'did you mean 10.0.0.0/8'],
    [[...create, 'a', ...good, '--subnet', '10.0.0.0/30'], '--subnet: "10.0.0.0/30" has a prefix'],
    [
      [...create, 'a', ...good, '--gateway', 'router'],
      '--gateway: "router" is not an IPv4 address',
    ],
    [[...create, 'a', ...good, '--dns', '9.9.9.9', '--dns', 'x'], '--dns: "x" is not an IPv4'],
    [[...create, 'a', ...good, '--route', 'best'], '--route: "best" must be `uplink` or `main`'],
    [['network', 'update', 'a'], 'give at least one of --egress-ip'],
    [['network', 'update', 'a', '--gateway', '1'], '--gateway: "1" is not an IPv4 address'],
    [['network', 'adopt', 'a', '--egress-ip', 'x'], '--egress-ip: "x" is not'],
    [['network', 'verify', '--echo', 'ftp://x'], '--echo: "ftp://x" is not the URL of an echo'],
    [['network', 'verify', 'a b'], 'NAME: "a b" must begin'],
    [['events', '--limit', '0'], '--limit: "0" must be a whole number from 1 to 10000'],
    [['completion', 'tcsh'], 'SHELL: "tcsh" is not a shell that is known'],
    [['apply', '-f', '/nonexistent.yaml'], '--file: "/nonexistent.yaml" does not exist'],
    [['apply', '-f', '/'], '--file: "/" is a directory'],
    [['--json=1', 'host'], '--json'],
  ])('%j', async (words, sentence) => {
    const { code, stderr } = await fails(words);
    expect(code).toBe(2);
    expect(stderr.toLowerCase()).toContain(sentence.toLowerCase());
  });

  test.each([
    ['networks:\n  - name: [a\n', 'standard input, line 3, column 1: is not valid YAML'],
    ['networks: []\nnetworks: []\n', 'standard input, line 2, column 1: is not valid YAML'],
    [
      'networks:\n  - name: a\n    egress: { ipv4: 10.0.0.300 }\n',
      'standard input, line 3, column 21: networks[0].egress.ipv4[0]: "10.0.0.300" is not',
    ],
    ['networks:\n  - nam: a\n', 'line 2, column 10: networks[0].nam: is not a known field'],
    ['- 1\n', 'standard input, line 1, column 1: input: [1]'],
    ['a: &a [x]\nb: [*a, *a]\nc: *d\n', 'standard input: can not be read: Unresolved alias'],
  ])('apply of %j', async (stdin, sentence) => {
    const { code, stderr } = await fails(['apply', '-f', '-'], { stdin });
    expect(stderr).toContain(sentence);
    expect(code).toBe(2);
  });

  test('a file that swells when its aliases are followed', async () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi']) {
      lines.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(', ')}]`);
    }
    const { code, stderr } = await fails(['apply', '-f', '-'], { stdin: lines.join('\n') });
    expect(code).toBe(2);
    expect(stderr).toContain('Excessive alias count');
  });

  test('help is had even where the line is incomplete', async () => {
    expect((await runCli(['network', 'create', '--bad', '-h'])).code).toBe(0);
  });
});

describe('3: the agent can not be reached', () => {
  test('no socket', async () => {
    const { code, stderr, problem } = await fails(['host', '--socket', join(folder, 'none.sock')]);
    expect(code).toBe(3);
    expect(stderr).toContain(`The agent at ${join(folder, 'none.sock')} can not be reached`);
    expect(stderr).toContain('the socket is not there');
    expect(problem.remedy).toContain('sallyport agent run');
  });

  test('a file that is no socket, and a path too long for one', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(await fails(['host', '--socket', file])).toMatchObject({ code: 3 });
    const long = await fails(['host', '--socket', join(folder, 'x'.repeat(120))]);
    expect(long.stderr).toContain('too long');
    expect(long.code).toBe(3);
  });

  test.skipIf(process.getuid?.() === 0)('a socket that may not be opened', async () => {
    const agent = await startFakeAgent({});
    await chmod(agent.socket, 0);
    const { stderr } = await fails(['host', '--socket', agent.socket]);
    expect(stderr).toContain('you may not open it');
    await agent.close();
  });

  test('an agent that hangs up', async () => {
    const socket = join(folder, 'rude.sock');
    const server = createServer((request) => request.socket.destroy());
    await new Promise<void>((resolve) => {
      server.listen(socket, resolve);
    });
    const { code, stderr } = await fails(['network', 'list', '--socket', socket]);
    server.close();
    expect(code).toBe(3);
    expect(stderr).toContain('stopped before it had answered');
  });
});

describe('4 and others: what the agent refuses', () => {
  test.each(Object.keys(ERRORS) as ErrorCode[])('%s', async (code) => {
    const refuse = (): never => {
      throw new SallyportError(code, 'It is so.', { remedy: 'Do that.' });
    };
    const agent = await startFakeAgent({ showNetwork: refuse });
    const outcome = await fails(['network', 'show', 'a'], { socket: agent.socket });
    await agent.close();
    expect(outcome.code).toBe(ERRORS[code].exit);
    expect(outcome.problem.code).toBe(code);
    expect(outcome.stderr).toMatch(/^sallyport: It is so\.\n {2}Do that\.\n/);
  });

  test('a refused field is called as it was typed', async () => {
    const error = { field: 'egress.ipv4[0]', value: '10.0.0.9', message: 'is taken', remedy: 'no' };
    const refuse = (): never => {
      throw new SallyportError('egress_address_unusable', 'x', { errors: [error] });
    };
    const agent = await startFakeAgent({ createNetwork: refuse });
    const words = ['network', 'create', 'a', '--egress-ip', '10.0.0.9'];
    const { code, stderr, problem } = await fails(words, { socket: agent.socket });
    await agent.close();
    expect(code).toBe(4);
    expect(stderr).toBe('sallyport: --egress-ip: "10.0.0.9" is taken\n  No\n');
    expect(problem.errors[0]?.field).toBe('--egress-ip');
  });
});

describe('70: a bug', () => {
  test.each([
    ['not JSON', 'hello', 'not JSON'],
    ['not of the contract', '[{"name": "a"}]', 'not of the contract'],
  ])('an answer that is %s', async (_, body, sentence) => {
    const socket = join(folder, 'other.sock');
    const server = createServer((_request, response) => response.end(body));
    await new Promise<void>((resolve) => {
      server.listen(socket, resolve);
    });
    const { code, stderr } = await fails(['network', 'list', '--socket', socket]);
    await new Promise((resolve) => {
      server.close(resolve);
    });
    expect(code).toBe(70);
    expect(stderr).toContain(sentence);
    expect(stderr).toContain('This is a bug in Sallyport.');
  });
});

describe('0 and 1', () => {
  const apply = (actions: readonly string[]): Answers => ({
    apply: () => ({
      changes: actions.map((action) => ({ action, network: 'a', details: [] })),
      applied: false,
    }),
    listNetworks: () => [networkA],
  });
  test.each([
    [['unchanged', 'extra'], '--dry-run', 0],
    [['unchanged', 'update'], '--dry-run', 1],
    [['delete'], '--prune', 0],
    [[], '--dry-run', 0],
  ])('apply with %j and %s ends with %i', async (actions, flag, code) => {
    const agent = await startFakeAgent(apply(actions));
    const setting = { socket: agent.socket, stdin: DOCUMENT_TEXT };
    const people = await runCli(['apply', '-f', '-', flag], setting);
    const scripts = await runCli(['apply', '-f', '-', flag, '--json'], setting);
    await agent.close();
    expect([people.code, scripts.code]).toEqual([code, code]);
  });

  test('apply without a difference says so, and confirms it to the agent', async () => {
    const agent = await startFakeAgent(apply(['unchanged']));
    const outcome = await runCli(['apply', '-f', '-'], {
      socket: agent.socket,
      stdin: DOCUMENT_TEXT,
    });
    await agent.close();
    expect(outcome.stdout).toBe('= a\n\nEverything is as the file says.\n');
    expect(agent.asked.map(({ endpoint, input }) => ({ endpoint, ...input }))).toMatchObject([
      { endpoint: 'apply', body: { dryRun: true } },
      { endpoint: 'apply', body: { dryRun: false } },
      { endpoint: 'listNetworks' },
    ]);
  });

  test('doctor and verify end with 0 where all is well', async () => {
    const agent = await startFakeAgent({
      doctor: () => [{ check: 'a', level: 'warning', message: 'm', remedy: 'r' }],
      verify: () => [],
    });
    const doctor = await runCli(['doctor'], { socket: agent.socket });
    const verify = await runCli(['network', 'verify'], { socket: agent.socket });
    await agent.close();
    expect([doctor.code, verify.code]).toEqual([0, 0]);
  });
});
