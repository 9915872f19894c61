import type { Figure } from '../figures.ts';
import { renderPlot } from '../plot.ts';
import { machine, renderFigures, writeFiles } from '../report.ts';
import type { ListTimes } from './lists.ts';
import type { StartTimes } from './start.ts';

/** Everything of one run. */
export interface ServerReport {
  readonly figures: readonly Figure[];
  readonly lists: readonly ListTimes[];
  readonly starts: StartTimes;
  /** Sessions, entries of the audit log, and flows. */
  readonly entries: number;
  /** The machine's load, averaged over a minute, right before. */
  readonly load: number;
}

/** Writes the tables and the raw figures of a whole run. */
export async function writeServerReport(report: ServerReport): Promise<void> {
  await writeFiles({
    'server.md': renderReport(report),
    'server.svg': renderStarts(report.starts),
    'server.json': `${JSON.stringify(report, undefined, 2)}\n`,
  });
}

function renderStarts({ sallyport, raw }: StartTimes): string {
  const points = (values: readonly number[]) => values.map((y, index) => ({ x: index + 1, y }));
  return renderPlot({
    label: 'round',
    marks: raw.map((_, index) => index + 1),
    logarithmic: false,
    lines: [
      { name: 'Sallyport, ms', points: points(sallyport) },
      { name: 'docker run, ms', points: points(raw) },
    ],
  });
}

function renderReport({ figures, lists, entries, load }: ServerReport): string {
  return `# Server

Made by \`npm run bench -- server\`: everything in one run, contenders by turns. Measured on ${machine()},
at a load of ${load.toFixed(1)} right before.

${renderFigures(figures)}

![Session to its first picture, and docker run to the greeting, round by round](server.svg)

All pages of each list, in milliseconds:

| list | from | pages | p50 | p95 | worst |
| --- | --- | --- | --- | --- | --- |
${lists.map(renderTimes).join('\n')}

- **Session start**: from asking for a session of the desktop image, with its browser, to the last byte of the first
  whole picture through the gateway: the container on an egress network, the display, the verified address, a ticket,
  the viewer. Signing in is not counted. Beside it \`docker run\` of the same image on a plain network to the display's
  greeting, which shows nothing yet.
- **Lists**: ${entries.toLocaleString('en')} sessions, three of ten of which run, 50 users, and an entry of the audit log
  for each session. Every list is read to its last page over HTTP, by one person on one connection; the time is from
  asking to the last byte. An agent that only remembers tells of 100 networks and of all containers, which the server
  compares with its sessions every five seconds meanwhile: the worst answer has waited for that.
- **Flows**: real connections of a container, of which the log of the real agent has at least
  ${entries.toLocaleString('en')}, asked for through the server.
`;
}

function renderTimes({ list, database, pages, p50, p95, worst }: ListTimes): string {
  const times = [p50, p95, worst].map((value) => value.toFixed(1));
  return `| ${[list, database, pages, ...times].join(' | ')} |`;
}
