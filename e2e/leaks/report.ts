import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machine, percentile, REPORTS } from '../support/reports.ts';
import { GROUPS, NOT_PLAYED } from './catalogue.ts';
import type { Row } from './scenario.ts';

/** The table that a run prints at its end. */
export function printRows(rows: readonly Row[]): void {
  console.table(
    rows.map(({ id, title, sent, delivered, leaked, gapMs, repairMs }) => ({
      id,
      scenario: title.length > 60 ? `${title.slice(0, 59)}…` : title,
      sent,
      delivered,
      leaked,
      'gap ms': gapMs ?? '',
      'repair ms': repairMs ?? '',
    })),
  );
}

/**
 * Writes docs/reliability/leaks.md and leaks.json. Of a run of some scenarios alone, their rows take the
 * place of those on record.
 */
export async function writeReport(played: readonly Row[]): Promise<void> {
  await mkdir(REPORTS, { recursive: true });
  const key = ({ id, title }: Pick<Row, 'id' | 'title'>): string => `${id} ${title}`;
  const known = new Map([...(await readRows()), ...played].map((row) => [key(row), row]));
  const rows = GROUPS.flatMap(({ scenarios }) => scenarios).flatMap(
    (scenario) => known.get(key(scenario)) ?? [],
  );
  await writeFile(join(REPORTS, 'leaks.md'), renderReport(rows));
  const whole = { machine: machine(), rows, notPlayed: NOT_PLAYED };
  await writeFile(join(REPORTS, 'leaks.json'), `${JSON.stringify(whole, null, 2)}\n`);
}

async function readRows(): Promise<readonly Row[]> {
  const text = await readFile(join(REPORTS, 'leaks.json'), 'utf8').catch(() => '{"rows":[]}');
  return (JSON.parse(text) as { readonly rows: readonly Row[] }).rows;
}

function renderReport(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ id, title, sent, delivered, leaked, gapMs, repairMs }) =>
      `| ${id} | ${title} | ${sent} | ${delivered} | ${leaked} | ${gapMs ?? ''} | ${repairMs ?? ''} |`,
  );
  const missing = NOT_PLAYED.map(({ id, why }) => `| ${id} | ${why} |`);
  const leaked = rows.reduce((sum, row) => sum + row.leaked, 0);
  return `# Scenarios in which traffic might leave by the wrong address

Made by \`npm run test:leaks\`. ${machine()}

A load is, from one container and all at once: a TCP connection every 10 ms, UDP at 500 packets a second, ICMP
and DNS questions at 10 a second, and a long TCP stream. The oracle is a capture at the far end of every uplink.
Each scenario has a negative control, which takes something away and must see a leak by the same oracle; all of
them did. The gap is the longest time without a datagram beyond the host, from the fault on, and for as long as the
scenario keeps the fault; the repair is seen from outside of the agent.

**${rows.length} scenarios, ${leaked} leaked packets.**

| | scenario | sent | delivered | leaked | longest gap, ms | repair, ms |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

${renderTimes(rows)}
${missing.length === 0 ? '' : `## Not played\n\n| | why |\n| --- | --- |\n${missing.join('\n')}\n`}`;
}

function renderTimes(rows: readonly Row[]): string {
  const times = new Map<string, number[]>();
  const add = (what: string, values: readonly number[]): void => {
    times.set(what, [...(times.get(what) ?? []), ...values]);
  };
  for (const row of rows) {
    if (row.repairMs !== null) add('repair', [row.repairMs]);
    for (const [what, values] of Object.entries(row.times)) add(what, values);
  }
  const lines = [...times].map(([what, values]) => {
    const cells = [0.5, 0.99, 1].map((share) => percentile(values, share));
    return `| ${what} | ${values.length} | ${cells.join(' | ')} |`;
  });
  return `| time, ms | measured | p50 | p99 | max |\n| --- | --- | --- | --- | --- |\n${lines.join('\n')}\n`;
}
