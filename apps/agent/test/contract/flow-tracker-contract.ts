import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { FlowNews, FlowTracker, TrackedFlow } from '../../src/ports/flows.ts';
import { flowOf } from '../flows/sample-flows.ts';

/** A tracker, and a kernel in which a test begins and ends flows. */
export interface TrackerBench {
  readonly tracker: FlowTracker;
  begin(flow: TrackedFlow): Promise<void>;
  end(flow: TrackedFlow): Promise<void>;
}

const DEADLINE_MS = 5_000;

/** What every tracker does. */
export function describeFlowTracker(create: () => Promise<TrackerBench>): void {
  describe('flow tracker', () => {
    const ends: AbortController[] = [];
    afterEach(() => {
      for (const end of ends.splice(0)) end.abort();
    });

    /** Everything that is told from now on. */
    async function listen(tracker: FlowTracker): Promise<readonly FlowNews[]> {
      const news: FlowNews[] = [];
      const end = new AbortController();
      ends.push(end);
      const following = (async () => {
        for await (const some of tracker.follow(end.signal)) news.push(...some);
      })();
      following.catch(() => undefined);
      await until(() => news.length > 0);
      expect(news).toMatchObject([{ kind: 'watching' }]);
      return news;
    }

    test('tells a beginning and an end with the translation, and by the same number', async () => {
      const bench = await create();
      const news = await listen(bench.tracker);
      await bench.begin(flowOf());
      await bench.end(flowOf());
      await until(() => news.length > 2);
      const { source, destination, leaving } = flowOf();
      const flow = { protocol: 'tcp', source, destination, leaving };
      expect(news.slice(1)).toMatchObject([
        { kind: 'start', flow },
        { kind: 'end', flow },
      ]);
      const ids = news.flatMap((one) => ('flow' in one ? [one.flow.id] : []));
      expect(new Set(ids).size).toBe(1);
    });

    test('lists what lives', async () => {
      const bench = await create();
      await bench.begin(flowOf());
      const other = flowOf({ id: 2, source: { port: 4_243 }, leaving: { port: 2_000 } });
      await bench.begin(other);
      await bench.end(flowOf());
      const living: TrackedFlow[] = [];
      for await (const flow of bench.tracker.living()) living.push(flow);
      expect(living).toMatchObject([{ source: other.source, leaving: other.leaving }]);
    });
  });
}

async function until(isSo: () => boolean): Promise<void> {
  for (const begun = performance.now(); !isSo(); ) {
    if (performance.now() - begun > DEADLINE_MS) throw new Error('nothing more was told');
    await sleep(10);
  }
}
