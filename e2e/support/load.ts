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

/** The figures of a load, for the table at the end. */
export async function figures(subject: Subject): Promise<Record<string, string | number>> {
  const report = await observeLoad(subject.container);
  const { tcp, udp } = report;
  return {
    subject: subject.container.name,
    sent: (tcp?.sent ?? 0) + (udp?.sent ?? 0),
    delivered: (tcp?.delivered ?? 0) + (udp?.delivered ?? 0),
    'longest gap ms': Math.max(tcp?.longestGapMs ?? 0, udp?.longestGapMs ?? 0),
  };
}
