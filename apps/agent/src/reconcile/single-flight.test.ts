import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SingleFlight } from './single-flight.ts';

/** Work that ends when the test says so. */
function heldWork() {
  const runs: { readonly reasons: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const flight = new SingleFlight(
    (reasons) =>
      new Promise<number>((resolve, reject) => {
        const number = runs.length + 1;
        runs.push({ reasons, end: (error) => (error ? reject(error) : resolve(number)) });
      }),
  );
  const begun = async (count: number) => {
    await expect.poll(() => runs.length, { interval: 1 }).toBe(count);
    return runs[count - 1] ?? { reasons: [], end: () => undefined };
  };
  return { flight, runs, begun };
}

describe('one run at a time', () => {
  it('runs at once where nothing runs', async () => {
    const { flight, begun } = heldWork();
    const first = flight.request(['a']);
    (await begun(1)).end();
    expect(await first).toBe(1);
  });

  it('collects what is asked meanwhile for one run after it, each reason once', async () => {
    const { flight, runs, begun } = heldWork();
    const first = flight.request(['a']);
    await begun(1);
    const later = [flight.request(['b']), flight.request(['c', 'b']), flight.request(['d'])];
    runs[0]?.end();
    expect(await first).toBe(1);
    expect((await begun(2)).reasons).toEqual(['b', 'c', 'd']);
    runs[1]?.end();
    expect(await Promise.all(later)).toEqual([2, 2, 2]);
    await flight.idle();
    expect(runs).toHaveLength(2);
  });

  it('gives who asks while a run is under way the outcome of the next one', async () => {
    const { flight, runs, begun } = heldWork();
    const first = flight.request(['a']);
    await begun(1);
    const second = flight.request(['b']);
    runs[0]?.end(new Error('the first failed'));
    await expect(first).rejects.toThrow('the first failed');
    (await begun(2)).end();
    expect(await second).toBe(2);
  });

  it('tells a failure to all who waited for that run, and goes on', async () => {
    const { flight, begun } = heldWork();
    const both = [flight.request(['a']), flight.request(['b'])];
    const told = Promise.allSettled(both);
    (await begun(1)).end(new Error('no'));
    expect((await told).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = flight.request(['c']);
    (await begun(2)).end();
    expect(await next).toBe(2);
  });

  it('is idle when nothing runs and nothing waits', async () => {
    const { flight, runs, begun } = heldWork();
    await flight.idle();
    void flight.request(['a']);
    await begun(1);
    void flight.request(['b']);
    let idle = false;
    const becoming = flight.idle().then(() => (idle = true));
    runs[0]?.end();
    await begun(2);
    expect(idle).toBe(false);
    runs[1]?.end();
    await becoming;
    expect(idle).toBe(true);
  });

  it('holds its invariants whatever the order of events', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
        async (scheduler, failing) => {
          let atOnce = 0;
          let runs = 0;
          const seen: (readonly string[])[] = [];
          const flight = new SingleFlight(async (reasons) => {
            const run = ++runs;
            expect(++atOnce, 'never two runs at once').toBe(1);
            seen.push(reasons);
            await scheduler.schedule(Promise.resolve(), `run ${run}`);
            atOnce--;
            if (failing[run % failing.length] === true) throw new Error(`run ${run} failed`);
            return run;
          });
          const asked = failing.map(async (_, index) => {
            await scheduler.schedule(Promise.resolve(), `ask ${index}`);
            const before = runs;
            const outcome = await flight.request([`${index}`]).catch((error: Error) => error);
            const run = outcome instanceof Error ? Number(outcome.message.split(' ')[1]) : outcome;
            expect(run, 'a run that began after asking').toBeGreaterThan(before);
            expect(seen[run - 1], 'a run that knew why').toContain(`${index}`);
          });
          await scheduler.waitFor(Promise.all(asked));
          await flight.idle();
          expect(seen.flat().toSorted()).toEqual(failing.map((_, index) => `${index}`).toSorted());
        },
      ),
      { numRuns: 200 },
    );
  });
});
