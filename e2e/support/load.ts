import { type LoadReport, parseLoadReports } from '@sallyport/lab/docker/load';
import type { Subject } from './world.ts';
import { until } from './world.ts';

/** Packets, questions and connections of a load, over all kinds that are counted one by one. */
export interface Progress {
  /** Attempts, whatever became of them. */
  readonly sent: number;
  readonly delivered: number;
}

/** How a subject's load has fared since then, as far as it has reported. */
export async function progressSince({ container }: Subject, since: number): Promise<Progress> {
  const reports = parseLoadReports(await container.logs());
  const before = reports.findLastIndex(({ at }) => at <= since);
  const figures = reports.map(totals);
  let [sent, delivered] = [0, 0];
  for (const [index, now] of figures.entries()) {
    if (index <= before) continue;
    const last = figures[index - 1];
    // A load that was started anew counts from zero again.
    const base = last === undefined || now.sent < last.sent ? { sent: 0, delivered: 0 } : last;
    sent += now.sent - base.sent;
    delivered += now.delivered - base.delivered;
  }
  return { sent, delivered };
}

function totals(report: LoadReport): Progress {
  let [sent, delivered] = [0, 0];
  for (const kind of ['tcp', 'udp', 'icmp', 'dns'] as const) {
    sent += report[kind]?.sent ?? 0;
    delivered += report[kind]?.delivered ?? 0;
  }
  return { sent, delivered };
}

/** Waits until a subject's load gets answers from now on. Milliseconds that it took. */
export async function untilFlowing(subject: Subject, timeoutMs = 15_000): Promise<number> {
  const since = Date.now();
  const answered = async () =>
    // Docker may be away, and a container on its way.
    (await progressSince(subject, since).catch(() => null))?.delivered ?? 0;
  const what = `${subject.container.name} gets answers`;
  return until(what, async () => (await answered()) > 50, timeoutMs);
}
