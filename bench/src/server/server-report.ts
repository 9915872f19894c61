import type { Figure } from '../figures.ts';
import { machine, renderFigures, writeFiles } from '../report.ts';
import type { ListTimes } from './lists.ts';

/** Everything of one run. */
export interface ServerReport {
  readonly figures: readonly Figure[];
  readonly lists: readonly ListTimes[];
  /** In the database. */
  readonly sessions: number;
  /** The machine's load, averaged over a minute, right before. */
  readonly load: number;
}

/** Writes the tables and the raw figures of a whole run. */
export async function writeServerReport(report: ServerReport): Promise<void> {
  await writeFiles({
    'server.md': renderReport(report),
    'server.json': `${JSON.stringify(report, undefined, 2)}\n`,
  });
}

function renderReport({ figures, lists, sessions, load }: ServerReport): string {
  return `# Server

Made by \`npm run bench -- server\`. Measured on ${machine()}, at a load of ${load.toFixed(1)} right before.

${renderFigures(figures)}

All pages of each list, in milliseconds:

| list | database | pages | p50 | p95 | worst |
| --- | --- | --- | --- | --- | --- |
${lists.map(renderTimes).join('\n')}

- **Lists**: ${sessions.toLocaleString('en')} sessions, three of ten of which run, 50 users, and an entry of the audit log
  for each session. Every list is read to its last page over HTTP, by one person on one connection; the time is from
  asking to the last byte. An agent that only remembers tells of 100 networks and of all containers, which the server
  compares with its sessions every five seconds meanwhile: the worst answer has waited for that.
`;
}

function renderTimes({ list, database, pages, p50, p95, worst }: ListTimes): string {
  const times = [p50, p95, worst].map((value) => value.toFixed(1));
  return `| ${[list, database, pages, ...times].join(' | ')} |`;
}
