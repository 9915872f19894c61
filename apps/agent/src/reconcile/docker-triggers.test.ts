import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stopTime } from '../../test/fake-sleep.ts';
import { createGuideHost } from '../../test/fakes/fake-host.ts';
import { dockerMonitor } from './docker-triggers.ts';

vi.mock('node:timers/promises', async () => (await import('../../test/fake-sleep.ts')).fakeSleep());
beforeEach(stopTime);
afterEach(() => vi.useRealTimers());

/** Follows Docker on a fake host, and keeps the reasons. */
function follow({ down = false } = {}) {
  const { docker } = createGuideHost();
  docker.down = down;
  const stop = new AbortController();
  const reasons: string[] = [];
  const asked = vi.spyOn(docker, 'version');
  const ended = (async () => {
    for await (const reason of dockerMonitor(docker).changes(stop.signal)) reasons.push(reason);
  })();
  return { docker, reasons, asked, end: () => (stop.abort(), ended) };
}

describe('Docker as a reason to look', () => {
  it('tells that it answers, and what happens to networks', async () => {
    const { docker, reasons, end } = follow();
    await vi.advanceTimersByTimeAsync(0);
    const [bridge] = await docker.networks();
    docker.addNetwork({ ...(bridge ?? fail()), name: 'x', bridge: 'x', subnets: ['10.0.0.0/24'] });
    await vi.advanceTimersByTimeAsync(0);
    expect(reasons).toEqual(['Docker answers', 'Docker: network x create']);
    await end();
  });

  it('is asked for what happened since before it was looked at, so that nothing falls between', async () => {
    const { docker, end } = follow();
    const events = vi.spyOn(docker, 'events');
    const begun = Date.now();
    await vi.advanceTimersByTimeAsync(0);
    const [asked = []]: readonly (readonly unknown[])[] = events.mock.calls;
    expect(asked[1]).toBe(begun);
    await end();
  });

  it('is asked again until it answers, ever less often', async () => {
    const { docker, reasons, asked, end } = follow({ down: true });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reasons).toEqual([]);
    expect(asked.mock.calls.length).toBeGreaterThan(5);
    expect(asked.mock.calls.length).toBeLessThan(12);
    docker.down = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(reasons).toEqual(['Docker answers']);
    await end();
  });

  it('ends when it is told to, while it waits too', async () => {
    const { end } = follow({ down: true });
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(end()).resolves.toBeUndefined();
  });
});

function fail(): never {
  throw new Error('the guide’s host has a network');
}
