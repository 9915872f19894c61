import { parseArgs } from 'node:util';
import { GROUPS } from './catalogue.ts';
import type { Group } from './group.ts';
import { printRows, writeReport } from './report.ts';
import type { Row } from './scenario.ts';

const HELP = `Usage: npm run test:leaks [-- OPTIONS]

Plays every scenario in which traffic might leave by the wrong address, each with a negative control, and
writes docs/reliability/leaks.md.

  --only L6,L7   These alone; renews their rows in the report
  --short        Shorter loads, as the tests do; writes nothing
`;

interface Outcome {
  readonly rows: readonly Row[];
  readonly failures: readonly string[];
}

async function playGroup(
  group: Group,
  wanted: ReadonlySet<string>,
  long: boolean,
): Promise<Outcome> {
  const rows: Row[] = [];
  const failures: string[] = [];
  const chosen = [...group.scenarios.entries()].filter(
    ([, { id }]) => wanted.size === 0 || wanted.has(id),
  );
  if (chosen.length === 0) return { rows, failures };
  process.stdout.write(`${group.name}: putting a lab up\n`);
  const open = await group.open({ long });
  try {
    for (const [index, { id, title, without }] of chosen) {
      const attempt = async (what: string, action: () => Promise<unknown>): Promise<void> => {
        const begun = performance.now();
        const error = await action().then(
          () => null,
          (cause: unknown) => cause as Error,
        );
        const seconds = ((performance.now() - begun) / 1000).toFixed(1);
        process.stdout.write(`${error === null ? 'ok    ' : 'FAILED'} ${what} (${seconds} s)\n`);
        if (error === null) return;
        failures.push(what);
        process.stdout.write(`${error.stack ?? error.message}\n`);
      };
      await attempt(`${id} ${title}`, async () => {
        const row = await open.play(index);
        rows.push(row);
        if (row.leaks !== '') throw new Error(row.leaks);
      });
      await attempt(`${id} control without ${without}`, async () => {
        if ((await open.playControl(index)) === '') throw new Error('the oracle saw no leak');
      });
    }
  } finally {
    await open.down();
  }
  return { rows, failures };
}

async function playAll(wanted: ReadonlySet<string>, long: boolean): Promise<Outcome> {
  const rows: Row[] = [];
  const failures: string[] = [];
  for (const group of GROUPS) {
    const outcome = await playGroup(group, wanted, long);
    rows.push(...outcome.rows);
    failures.push(...outcome.failures);
  }
  return { rows, failures };
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(HELP);
} else {
  const wanted = new Set((values.only ?? '').split(',').filter((id) => id !== ''));
  const { rows, failures } = await playAll(wanted, !values.short);
  printRows(rows);
  for (const what of failures) process.stdout.write(`FAILED ${what}\n`);
  if (failures.length === 0 && !values.short) await writeReport(rows);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
