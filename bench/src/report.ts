import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { arch, availableParallelism, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Figure, Series } from './figures.ts';
import { type Plot, renderPlot } from './plot.ts';

/** Where reports lie. */
const DIRECTORY = join(import.meta.dirname, '..', '..', 'docs', 'benchmarks');

/** Writes the files of a report, by their names. */
export async function writeFiles(files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(DIRECTORY, { recursive: true });
  await Promise.all(
    Object.entries(files).map(([name, text]) => writeFile(join(DIRECTORY, name), text)),
  );
}

/** Writes the table, the plot and the raw figures of a whole run. */
export async function writeReport(
  figures: readonly Figure[],
  series: readonly Series[],
): Promise<void> {
  await writeFiles({
    'egress.md': renderTable(figures, series),
    'egress.svg': renderPlot(plotOf(series)),
    'egress.json': `${JSON.stringify({ figures, series }, null, 2)}\n`,
  });
}

function renderTable(figures: readonly Figure[], series: readonly Series[]): string {
  const sizes = sizesOf(series);
  const rates = series.map(({ name, points }) => {
    const cells = sizes.map((size) => points.find(({ networks }) => networks === size)?.value);
    return `| ${name} | ${cells.map((value) => (value === undefined ? '' : Math.round(value))).join(' | ')} |`;
  });
  return `# Egress

Made by \`npm run bench -- egress\`: everything in one run, contenders by turns, medians, conntrack emptied
between rounds. Measured on ${machine()}, nftables ${nftVersion()}.

${renderFigures(figures)}

New connections a second, from one container, by number of networks:

| | ${sizes.join(' | ')} |
| --- | ${sizes.map(() => '---').join(' | ')} |
${rates.join('\n')}

![New connections a second by number of networks](egress.svg)

"Rules alone" has one real Docker network and the table of so many: what the rules cost by themselves. The other
lines have so many real Docker networks, whose own chains every packet walks; Sallyport's marked packets take the
short cut in DOCKER-USER. The agent at 1,000 networks runs with real nftables and a Docker Engine that only
remembers networks.
`;
}

function sizesOf(series: readonly Series[]): readonly number[] {
  const sizes = series.flatMap(({ points }) => points.map(({ networks }) => networks));
  return [...new Set(sizes)].toSorted((a, b) => a - b);
}

function plotOf(series: readonly Series[]): Plot {
  return {
    label: 'networks',
    marks: sizesOf(series),
    logarithmic: true,
    lines: series.map(({ name, points }) => ({
      name,
      points: points.map(({ networks, value }) => ({ x: networks, y: value })),
    })),
  };
}

/** A table, in Markdown, of what was measured beside what was to be reached. */
export function renderFigures(figures: readonly Figure[]): string {
  const rows = figures.map(
    ({ name, measured, target, reached }) =>
      `| ${name} | ${measured} | ${target} | ${target === '' ? '' : reached ? 'yes' : '**no**'} |`,
  );
  return `| what | measured | target | reached |
| --- | --- | --- | --- |
${rows.join('\n')}`;
}

/** On what it was measured, as the end of a sentence without its stop. */
export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores (${arch()}), ${memory} GiB, Linux ${release().replace(/-.*/, '')}, Node.js ${process.version}`;
}

function nftVersion(): string {
  return execFileSync('nft', ['--version'], { encoding: 'utf8' }).split(' ')[1] ?? '';
}
