import { parseArgs } from 'node:util';
import { soak } from './soak.ts';

const HELP = `Usage: npm run test:soak -- [OPTIONS]

Random faults on networks whose containers send all the time; nothing may leak. Writes docs/reliability/soak.md.

  --minutes N      How long faults go on (10)
  --seed N         The same faults in the same order (at random)
  --networks N     (20)
  --containers N   (100)
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    networks: { type: 'string', default: '20' },
    containers: { type: 'string', default: '100' },
    help: { type: 'boolean', default: false },
  },
});

/** @throws Error that names the option */
function whole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} ${text}: a whole number is needed`);
  return Number(text);
}

if (values.help) {
  process.stdout.write(HELP);
} else {
  const seed = whole('seed', values.seed ?? String(Date.now() % 2 ** 31));
  const clean = await soak({
    minutes: whole('minutes', values.minutes),
    networks: whole('networks', values.networks),
    containers: whole('containers', values.containers),
    seed,
  });
  process.exitCode = clean ? 0 : 1;
}
