import { type Measured, median, plainFigure, ratioFigure } from '../figures.ts';
import { progress, startAgent, withLab } from './bench-lab.ts';
import { bulkRate, startIperf } from './generators.ts';

/** One bulk stream through Sallyport's network and through Docker's masquerade, by turns on one host. */
export async function measureThroughput({ quick }: { readonly quick: boolean }): Promise<Measured> {
  const rounds = quick ? 2 : 9;
  return withLab('bulk', async (lab) => {
    const agent = await startAgent(lab);
    await agent.call('createNetwork', {
      body: { name: 'z_bulk', egress: { ipv4: ['192.168.4.153'] } },
    });
    await startIperf(lab);
    await lab.runContainer({ name: 'managed', network: 'z_bulk' });
    await lab.runContainer({ name: 'masquerade' });
    const ours: number[] = [];
    const theirs: number[] = [];
    progress(`${rounds} rounds of bulk throughput …`);
    for (let round = 0; round < rounds; round++) {
      ours.push(await bulkRate(lab, 'managed'));
      theirs.push(await bulkRate(lab, 'masquerade'));
    }
    await agent.stop();
    const base = median(theirs);
    return {
      series: [],
      figures: [
        plainFigure(
          'bulk throughput with Docker’s masquerade, median',
          `${(base / 1e9).toFixed(1)} Gbit/s`,
        ),
        ratioFigure('bulk throughput against Docker’s masquerade', median(ours) / base, {
          atLeast: 0.98,
        }),
      ],
    };
  });
}
