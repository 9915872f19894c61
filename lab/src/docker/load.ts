import type { LabContainer } from './container.ts';

/** What one kind of traffic of the load has come to. */
export interface FlowTally {
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
  /** The longest time between two answers, in milliseconds; an open gap counts. */
  readonly longestGapMs: number;
  /** Answers by the source address that the machine beyond saw. */
  readonly sources: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
}

/** The kinds of traffic that the load consists of. */
export type LoadFlow = 'tcp' | 'udp' | 'icmp' | 'stream' | 'dns';

/** One line of `traffic load`: all figures count from its start. */
export type LoadReport = Readonly<Partial<Record<LoadFlow, FlowTally>>> & {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly final: boolean;
  readonly tag: string;
};

/** Reads the lines that a load has printed so far; a line that is not whole yet is left out. */
export function parseLoadReports(output: string): readonly LoadReport[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{"at"') && line.endsWith('}'));
  return lines.map((line) => JSON.parse(line) as LoadReport);
}

/**
 * The newest report of a container whose command is `traffic load`.
 *
 * @throws Error when it has not reported yet.
 */
export async function observeLoad(container: LabContainer): Promise<LoadReport> {
  const report = parseLoadReports(await container.logs()).at(-1);
  if (report === undefined) throw new Error(`${container.name} has not reported yet`);
  return report;
}
