import { parseArgs } from 'node:util';
import { benchDisplay } from './display/display.ts';
import { benchEgress } from './egress/egress.ts';
import { benchServer } from './server/server.ts';
import { benchViewer } from './viewer/viewer.ts';

const HELP = `Usage: npm run bench -- egress|display|server|viewer [OPTIONS]

Measures side by side with what people use today, in one run, and writes docs/benchmarks/WHAT.md.

  --quick        Few networks and short rounds, to try; writes nothing
  --only NAME    One measure alone; writes nothing
                   egress: connections, rules, throughput, create, thousand, repair
                   display: latency, cpu, memory
                   server: start, lists, flows
                   viewer: clicks, sizes
`;

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    help: { type: 'boolean' },
  },
  allowPositionals: true,
});
const BENCHES = new Map([
  ['egress', benchEgress],
  ['display', benchDisplay],
  ['server', benchServer],
  ['viewer', benchViewer],
]);
const bench = BENCHES.get(positionals[0] ?? '');

if (values.help === true || bench === undefined) {
  process.stdout.write(HELP);
  process.exitCode = values.help === true ? 0 : 2;
} else {
  const { quick, only } = values;
  process.exitCode = await bench({ quick, ...(only === undefined ? {} : { only }) });
}
