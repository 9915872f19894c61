import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stopTime } from '../../test/fake-sleep.ts';
import { READINGS } from '../ports/host.ts';
import type { RunReport } from './reconciler.ts';
import { reasonOf, type Request, staleFor } from './request.ts';
import { SingleFlight } from './single-flight.ts';
import { Triggers } from './triggers.ts';

vi.mock('node:timers/promises', async () => (await import('../../test/fake-sleep.ts')).fakeSleep());

/** Triggers over runs that take no time and fail while they are told to. */
function newTriggers() {
  const runs: {
    readonly at: number;
    readonly reasons: readonly string[];
    readonly stale: readonly string[];
  }[] = [];
  const mode = { failing: false, crashing: false };
  const crashes: unknown[] = [];
  const flight = new SingleFlight(async (requests: readonly Request[]): Promise<RunReport> => {
    runs.push({ at: Date.now(), reasons: requests.map(reasonOf), stale: [...staleFor(requests)] });
    if (mode.crashing) throw new Error('the kernel can not be read');
    return { failures: mode.failing ? [{}] : [] } as unknown as RunReport;
  });
  const triggers = new Triggers({ flight, onCrash: (error) => crashes.push(error) });
  return { triggers, runs, mode, crashes };
}

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const times = (runs: readonly { readonly at: number }[]) => {
  const [first] = runs;
  return runs.map(({ at }) => at - (first?.at ?? 0));
};

beforeEach(stopTime);
afterEach(() => vi.useRealTimers());

describe('pokes', () => {
  it('run at once, and a burst of them is one run', async () => {
    const { triggers, runs } = newTriggers();
    for (const reason of ['a', 'b', 'a']) triggers.poke(reason);
    await advance(200);
    expect(runs.map(({ reasons }) => reasons)).toEqual([['a', 'b']]);
  });

  it('leave a gap between runs, so that a restless host does not make us spin', async () => {
    const { triggers, runs } = newTriggers();
    for (let ms = 0; ms < 1_000; ms += 10) {
      triggers.poke(`change at ${ms}`);
      await advance(10);
    }
    expect(runs.length).toBeGreaterThanOrEqual(8);
    expect(runs.length).toBeLessThanOrEqual(11);
    const gaps = times(runs).map((at, index, all) => at - (all[index - 1] ?? -100));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100);
  });

  it('keep some of the reasons of a storm', async () => {
    const { triggers, runs } = newTriggers();
    await triggers.run('start');
    for (let count = 0; count < 1_000; count++) triggers.poke(`${count}`);
    await advance(200);
    expect(runs[1]?.reasons).toHaveLength(20);
  });
});

describe('who waits', () => {
  it('gets a run at once, whatever the gap', async () => {
    const { triggers, runs } = newTriggers();
    await triggers.run('one');
    await triggers.run('two');
    expect(times(runs)).toEqual([0, 0]);
  });

  it('is told of a crash', async () => {
    const { triggers, mode } = newTriggers();
    mode.crashing = true;
    await expect(triggers.run('one')).rejects.toThrow('can not be read');
  });
});

describe('a run that failed', () => {
  it('is tried again, later each time, at most a minute later', async () => {
    const { triggers, runs, mode } = newTriggers();
    mode.failing = true;
    await triggers.run('one');
    await advance(250_000);
    const seconds = times(runs).map((ms) => Math.round(ms / 1_000));
    expect(seconds).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
    expect(runs[1]?.reasons).toEqual(['trying again']);
  });

  it('is tried again soon when another one fails after a success', async () => {
    const { triggers, runs, mode } = newTriggers();
    mode.failing = true;
    await triggers.run('one');
    await advance(20_000);
    mode.failing = false;
    await advance(20_000);
    const before = runs.length;
    await advance(100_000);
    expect(runs).toHaveLength(before);
    mode.failing = true;
    await triggers.run('again');
    await advance(1_500);
    expect(runs).toHaveLength(before + 2);
  });

  it('begins no second chain of tries, however many wait for it and however long it lasts', async () => {
    const { triggers, runs, mode } = newTriggers();
    mode.failing = true;
    triggers.start([]);
    for (let count = 0; count < 10; count++) await triggers.run(`${count}`);
    await advance(3_600_000);
    const before = runs.length;
    await advance(600_000);
    // The timer and the last retry, each once a minute.
    expect(runs.length - before).toBeLessThanOrEqual(20);
    triggers.stop();
  });

  it('is tried again after a crash as well', async () => {
    const { triggers, runs, mode, crashes } = newTriggers();
    mode.crashing = true;
    triggers.poke('one');
    await advance(1_500);
    expect(crashes).toHaveLength(2);
    mode.crashing = false;
    await advance(10_000);
    expect(runs).toHaveLength(3);
  });
});

describe('sources', () => {
  it('give reasons; the timer is one of them', async () => {
    const { triggers, runs } = newTriggers();
    triggers.start([
      {
        watches: ['routing'],
        async *changes() {
          yield 'ip monitor: an address';
        },
      },
    ]);
    await advance(61_000);
    expect(runs.map(({ reasons }) => reasons)).toEqual([['ip monitor: an address'], ['timer']]);
    triggers.stop();
  });

  it('have looked at again what they watch, however many reasons they give; the timer all', async () => {
    const { triggers, runs } = newTriggers();
    triggers.start([
      {
        watches: ['routing'],
        async *changes() {
          for (let count = 0; count < 50; count++) yield `ip monitor: ${count}`;
        },
      },
      {
        watches: ['table', 'dockerUser'],
        async *changes() {
          yield 'nft monitor: a rule';
        },
      },
    ]);
    await advance(1_000);
    expect(runs.at(-1)?.stale.toSorted()).toEqual(['dockerUser', 'routing', 'table']);
    await advance(60_000);
    expect(runs.at(-1)?.stale.toSorted()).toEqual([...READINGS].toSorted());
    triggers.stop();
  });

  it('that break are told', async () => {
    const { triggers, crashes } = newTriggers();
    triggers.start([
      {
        watches: ['routing'],
        // oxlint-disable-next-line require-yield -- a source that breaks before its first reason
        async *changes() {
          throw new Error('broken');
        },
      },
    ]);
    await advance(0);
    expect(crashes).toMatchObject([{ message: 'broken' }]);
    triggers.stop();
  });

  it('have nothing to say after the end', async () => {
    const { triggers, runs, mode, crashes } = newTriggers();
    triggers.start([
      {
        watches: ['routing'],
        async *changes(signal) {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          yield 'too late';
          throw new Error('aborted');
        },
      },
    ]);
    mode.failing = true;
    await triggers.run('one');
    triggers.stop();
    await advance(600_000);
    expect(runs).toHaveLength(1);
    expect(crashes).toEqual([]);
  });
});
