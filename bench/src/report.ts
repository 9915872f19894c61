import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { arch, availableParallelism, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Figure, Series } from './figures.ts';
import { renderPlot } from './plot.ts';

const DIRECTORY = join(import.meta.dirname, '..', '..', 'docs', 'benchmarks');

/** Writes the table, the plot and the raw figures of a whole run. */
export async function writeReport(
  figures: readonly Figure[],
  series: readonly Series[],
): Promise<void> {
  await mkdir(DIRECTORY, { recursive: true });
  await writeFile(join(DIRECTORY, 'egress.md'), renderTable(figures, series));
  await writeFile(join(DIRECTORY, 'egress.svg'), renderPlot(series));
  await writeFile(
    join(DIRECTORY, 'egress.json'),
    `${JSON.stringify({ figures, series }, null, 2)}\n`,
  );
}

function renderTable(figures: readonly Figure[], series: readonly Series[]): string {
  const rows = figures.map(
    ({ name, measured, target, reached }) =>
      `| ${name} | ${measured} | ${target} | ${target === '' ? '' : reached ? 'yes' : '**no**'} |`,
  );
  const sizes = [
    ...new Set(series.flatMap(({ points }) => points.map(({ networks }) => networks))),
  ].toSorted((a, b) => a - b);
  const rates = series.map(({ name, points }) => {
    const cells = sizes.map((size) => points.find(({ networks }) => networks === size)?.value);
    return `| ${name} | ${cells.map((value) => (value === undefined ? '' : Math.round(value))).join(' | ')} |`;
  });
  return `# Egress

Made by \`npm run bench -- egress\`: everything in one run, contenders by turns, medians, conntrack emptied
between rounds. ${machine()}

| what | measured | target | reached |
| --- | --- | --- | --- |
${rows.join('\n')}

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

function machine(): string {
  const nft = execFileSync('nft', ['--version'], { encoding: 'utf8' }).split(' ')[1] ?? '';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Measured on ${availableParallelism()} cores (${arch()}), ${memory} GiB, Linux ${release().replace(/-.*/, '')}, nftables ${nft}, Node.js ${process.version}.`;
}
