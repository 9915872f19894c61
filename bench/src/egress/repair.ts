import { setTimeout as sleep } from 'node:timers/promises';
import { findLeaks, renderLeaks } from '@sallyport/lab/oracle';
import { type Figure, limitFigure, type Measured, percentile, plainFigure } from '../figures.ts';
import { progress, startAgent, withLab } from './bench-lab.ts';

const ADDRESS = '192.168.4.153';
const NETWORK = 'z_bench';
const TARGET = '198.51.100.10';

/** From `nft flush ruleset` under load to the table being back, and what leaked meanwhile. */
export async function measureRepair({ quick }: { readonly quick: boolean }): Promise<Measured> {
  const rounds = quick ? 10 : 60;
  return withLab(
    'repair',
    async (lab) => {
      const agent = await startAgent(lab);
      await agent.call('createNetwork', { body: { name: NETWORK, egress: { ipv4: [ADDRESS] } } });
      const command = ['traffic', 'load', '--target', TARGET];
      await lab.runContainer({ name: 'load', network: NETWORK, dns: [TARGET], command });
      await sleep(1_000);
      const since = Date.now();
      const took: number[] = [];
      progress(`flushing ${rounds} times …`);
      for (let round = 0; round < rounds; round++) {
        await lab.host.exec('nft', ['flush', 'ruleset']);
        const begun = performance.now();
        const look = ['list', 'chain', 'inet', 'sallyport', 'guard'];
        while ((await lab.host.tryExec('nft', look)).code !== 0) await sleep(1);
        took.push(performance.now() - begun);
        await sleep(500);
      }
      const packets = await lab.capture.packets({ since });
      const flow = { name: NETWORK, destination: TARGET, sources: [ADDRESS], uplink: 'enp0s3' };
      const leaks = findLeaks(packets, { owned: lab.ownedAddresses, flows: [flow] });
      await agent.stop();
      if (leaks.length > 0) progress(renderLeaks(leaks));
      const leaked: Figure = {
        name: `leaked packets in ${rounds} flushes`,
        measured: `${leaks.length} of ${packets.length}`,
        target: '0',
        reached: leaks.length === 0,
      };
      const at = (part: number) => percentile(took, part);
      return {
        series: [],
        figures: [
          plainFigure(`repair after a flush, p50 of ${rounds}`, `${Math.round(at(0.5))} ms`),
          limitFigure(`repair after a flush, p99 of ${rounds}`, at(0.99), {
            below: 300,
            unit: 'ms',
          }),
          plainFigure(`repair after a flush, worst of ${rounds}`, `${Math.round(at(1))} ms`),
          leaked,
        ],
      };
    },
    true,
  );
}
