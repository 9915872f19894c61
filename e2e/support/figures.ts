import { type LoadReport, parseLoadReports } from '@sallyport/lab/docker/load';
import type { Subject, World } from './world.ts';
import { until } from './world.ts';

/** Each keeps its flow for as long as it runs, but `tcp`, which is a new connection each time. */
const KINDS = ['tcp', 'udp', 'icmp', 'dns', 'stream'] as const;
type Kind = (typeof KINDS)[number];

/** Packets, questions and connections of a load. */
export interface Progress {
  /** Attempts, whatever became of them. */
  readonly sent: number;
  readonly delivered: number;
}

/** How a subject's load has fared since then, by kind, as far as it has reported. */
export async function progressSince(
  { container }: Subject,
  since: number,
): Promise<Readonly<Record<Kind, Progress>>> {
  const reports = parseLoadReports(await container.logs());
  return {
    tcp: progressOf(reports, 'tcp', since),
    udp: progressOf(reports, 'udp', since),
    icmp: progressOf(reports, 'icmp', since),
    dns: progressOf(reports, 'dns', since),
    stream: progressOf(reports, 'stream', since),
  };
}

function progressOf(reports: readonly LoadReport[], kind: Kind, since: number): Progress {
  const before = reports.findLastIndex(({ at }) => at <= since);
  let [sent, delivered] = [0, 0];
  for (const [index, report] of reports.entries()) {
    if (index <= before) continue;
    const now = report[kind] ?? { sent: 0, delivered: 0 };
    const last = reports[index - 1]?.[kind] ?? { sent: 0, delivered: 0 };
    // A load that was started anew counts from zero again.
    const base = now.sent < last.sent ? { sent: 0, delivered: 0 } : last;
    sent += now.sent - base.sent;
    delivered += now.delivered - base.delivered;
  }
  return { sent, delivered };
}

/** All kinds together. */
export async function totalSince(subject: Subject, since: number): Promise<Progress> {
  const kinds = Object.values(await progressSince(subject, since));
  return {
    sent: kinds.reduce((sum, each) => sum + each.sent, 0),
    delivered: kinds.reduce((sum, each) => sum + each.delivered, 0),
  };
}

/** Waits until every kind of a subject's load gets answers from now on. Milliseconds that it took. */
export async function untilFlowing(subject: Subject, timeoutMs = 15_000): Promise<number> {
  const since = Date.now();
  let silent: readonly string[] = KINDS;
  const flows = async (): Promise<boolean> => {
    // Docker may be away, and a container on its way.
    const progress = await progressSince(subject, since).catch(() => null);
    silent = KINDS.filter((kind) => (progress?.[kind].delivered ?? 0) === 0);
    return silent.length === 0;
  };
  const what = `${subject.container.name} gets answers`;
  try {
    return await until(what, flows, timeoutMs);
  } catch (cause) {
    throw new Error(`${what}: none yet over ${silent.join(', ')}`, { cause });
  }
}

/** The longest time in which nothing of the subject's 500 datagrams a second was seen beyond the host. */
export async function longestSilence(
  world: World,
  subject: Subject,
  since: number,
): Promise<number> {
  const filter = { since, destination: subject.target, protocol: 'udp' };
  const times = (await world.lab.capture.packets(filter)).map(({ at }) => at);
  times.push(Date.now());
  times.sort((one, other) => one - other);
  let [last, longest] = [since, 0];
  for (const at of times) {
    longest = Math.max(longest, at - last);
    last = at;
  }
  return Math.round(longest);
}
