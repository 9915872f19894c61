import { observeLoad } from '@sallyport/lab/docker/load';
import type { Subject } from './world.ts';
import { until } from './world.ts';

/** Answers over all protocols that a subject's load has had so far. */
export async function delivered({ container }: Subject): Promise<number> {
  const report = await observeLoad(container).catch(() => null);
  return (report?.tcp?.delivered ?? 0) + (report?.udp?.delivered ?? 0);
}

/** Waits until a subject's load gets answers again. Milliseconds that it took. */
export async function untilFlowing(subject: Subject, timeoutMs = 15_000): Promise<number> {
  const before = await delivered(subject);
  const name = subject.container.name;
  return until(
    `${name} gets answers`,
    async () => (await delivered(subject)) > before + 50,
    timeoutMs,
  );
}
