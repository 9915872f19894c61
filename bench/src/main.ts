import { parseArgs } from 'node:util';
import { benchEgress } from './egress/egress.ts';

const HELP = `Usage: npm run bench -- egress [OPTIONS]

Measures side by side with what people use today, in one run, and writes docs/benchmarks/egress.md.

  --quick        Few networks and short rounds, to try; writes nothing
  --only NAME    One of: connections, rules, throughput, create, thousand, repair; writes nothing
`;

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    help: { type: 'boolean' },
  },
  allowPositionals: true,
});

if (values.help === true || positionals[0] !== 'egress') {
  process.stdout.write(HELP);
  process.exitCode = values.help === true ? 0 : 2;
} else {
  const { quick, only } = values;
  process.exitCode = await benchEgress({ quick, ...(only === undefined ? {} : { only }) });
}
