import { machine, percentile } from '../support/reports.ts';
import { slopeOf } from './memory.ts';
import type { SoakResult } from './result.ts';

/** docs/reliability/soak.md. */
export function renderSoak(result: SoakResult): string {
  const { minutes, seed, networks, containers, happenings, memory } = result;
  const all = happenings.map(({ repairMs }) => repairMs);
  const names = [...new Set(happenings.map(({ fault }) => fault))].toSorted();
  const rows = names.map((name) => {
    const times = happenings.filter(({ fault }) => fault === name).map((each) => each.repairMs);
    return `| ${name} | ${times.length} | ${quantiles(times)} |`;
  });
  const [first, last] = [memory[0], memory.at(-1)];
  const half = memory.slice(Math.floor(memory.length / 2));
  const highest = Math.max(...memory.map(({ mebibytes }) => mebibytes));
  const slope = (samples: typeof memory): string => slopeOf(samples).toFixed(1);
  return `# Soak test

Made by \`npm run test:soak -- --minutes ${minutes} --seed ${seed}\`. ${machine()}

${networks} networks with ${containers} containers, each with a load over TCP, UDP, ICMP and DNS and a long TCP
stream of its own; faults at random, one after the other. The oracle is a capture at the far end of every uplink.

| | |
| --- | --- |
| faults | ${happenings.length} |
| sent by containers | ${result.sent} |
| delivered | ${result.delivered} |
| packets seen on the uplinks | ${result.seen} |
| **leaked** | **${result.leaked}** |
| negative control: seen in 1.5 s without a guard | ${result.control} |
| agent's memory, first to last | ${first?.mebibytes.toFixed(1)} to ${last?.mebibytes.toFixed(1)} MiB, highest ${highest.toFixed(1)} |
| its slope | ${slope(memory)} MiB an hour over all samples, ${slope(half)} over the later half |

Until all is in place again, as seen from outside of the agent, after what lasts has ended:

| fault | times | p50, ms | p99, ms | max, ms |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
| all | ${all.length} | ${quantiles(all)} |

The agent is killed in the first quarter of the time only, so that its memory is that of one life.
`;
}

function quantiles(times: readonly number[]): string {
  return [0.5, 0.99, 1].map((share) => percentile(times, share)).join(' | ');
}
