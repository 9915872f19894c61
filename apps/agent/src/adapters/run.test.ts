import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { collect } from '../../test/collect.ts';
import { run, runLines } from './run.ts';

describe('a program', () => {
  it('gets its arguments as they are, through no shell', async () => {
    const odd = ['a b', '$(id)', '"; exit 3', '', '*'];
    const { stdout } = await run('printf', ['%s\\n', ...odd]);
    expect(stdout).toBe(`${odd.join('\n')}\n`);
  });

  it('gets its input, and an environment without anything of ours', async () => {
    process.env['SALLYPORT_TEST'] = 'leaks';
    try {
      expect((await run('cat', [], { stdin: 'häh\n' })).stdout).toBe('häh\n');
      const { stdout } = await run('env', []);
      expect(stdout.trim().split('\n').toSorted()).toEqual([
        'LC_ALL=C',
        'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
      ]);
    } finally {
      delete process.env['SALLYPORT_TEST'];
    }
  });

  it('that says no is an error with its first line and its code', async () => {
    await expect(run('sh', ['-c', 'echo first >&2; echo more >&2; exit 7'])).rejects.toMatchObject({
      name: 'ProgramError',
      message: 'sh ended with 7: first',
      code: 7,
      stderr: 'first\nmore\n',
    });
  });

  it('may say no where that is an answer', async () => {
    const script = 'echo out; echo err >&2; exit 1';
    expect(await run('sh', ['-c', script], { allowFailure: true })).toEqual({
      code: 1,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('that is killed has said nothing, allowed or not', async () => {
    const killed = run('sh', ['-c', 'kill -9 $$'], { allowFailure: true });
    await expect(killed).rejects.toMatchObject({ code: null, message: /ended with a signal/ });
  });

  it('that is missing says so', async () => {
    await expect(run('no-such-program', [])).rejects.toMatchObject({
      message: 'no-such-program is not installed',
      code: null,
    });
  });

  it('may write little at a time', async () => {
    const options = { littleAtATime: true };
    const script = 'cat; for i in $(seq 2000); do echo $i; done; echo told >&2';
    const { stdout, stderr } = await run('sh', ['-c', script], { ...options, stdin: 'häh\n' });
    const lines = Array.from({ length: 2_000 }, (_, index) => `${index + 1}\n`);
    expect({ stdout, stderr }).toEqual({ stdout: `häh\n${lines.join('')}`, stderr: 'told\n' });
    await expect(run('nobody-has-this', [], options)).rejects.toMatchObject({ notInstalled: true });
    await expect(run('sh', ['-c', 'echo a; exit 3'], options)).rejects.toMatchObject({ code: 3 });
  });

  it('leaves no file open, however it ends', async () => {
    const open = async () => (await readdir('/proc/self/fd')).length;
    const before = await open();
    for (const script of ['exit 0', 'exit 1', 'kill -9 $$']) {
      await run('sh', ['-c', script], { littleAtATime: true }).catch(() => undefined);
    }
    await run('nobody-has-this', [], { littleAtATime: true }).catch(() => undefined);
    await expect.poll(open).toBeLessThanOrEqual(before);
  });

  it('that does not end is killed in time', async () => {
    await expect(run('sleep', ['60'], { timeoutMs: 30 })).rejects.toMatchObject({
      message: 'sleep did not end in time',
    });
  });

  it('ends with the signal of who asked', async () => {
    const gone = new AbortController();
    const running = run('sleep', ['60'], { signal: gone.signal });
    gone.abort();
    await expect(running).rejects.toMatchObject({ program: 'sleep', code: null });
  });

  it('that reads no input does not bring us down', async () => {
    const stdin = 'x'.repeat(1024 * 1024);
    expect((await run('true', [], { stdin })).code).toBe(0);
  });
});

describe('lines of a long-running program', () => {
  const signal = () => new AbortController().signal;

  it('come until it ends, the last one without a line break too', async () => {
    const lines = await collect(runLines('printf', ['a\\nb\\nc'], signal()));
    expect(lines).toEqual(['a', 'b', 'c']);
  });

  it('are an error where there is no such program', async () => {
    await expect(collect(runLines('no-such-program', [], signal()))).rejects.toThrow('ENOENT');
  });

  it('end with who listens, and so does the program', async () => {
    let pid = 0;
    for await (const line of runLines('sh', ['-c', 'echo $$; exec sleep 60'], signal())) {
      pid = Number(line);
      break;
    }
    expect(pid).toBeGreaterThan(1);
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
