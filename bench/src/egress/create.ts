import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '@sallyport/lab/lab';
import { type Measured, median, plainFigure, ratioFigure } from '../figures.ts';
import { progress, startAgent, withLab } from './bench-lab.ts';

const ADDRESS = '192.168.4.153';
const REST_MS = 500;

/**
 * Making a network: the guide's two commands on one host, Sallyport on another, by turns. One stands
 * there already; the first of a host also makes the table and the way out.
 */
export async function measureCreate({ quick }: { readonly quick: boolean }): Promise<Measured> {
  const rounds = quick ? 4 : 20;
  return withLab('raw', (raw) =>
    withLab('create', async (lab) => {
      const agent = await startAgent(lab);
      const create = (name: string) =>
        agent.call('createNetwork', { body: { name, egress: { ipv4: [ADDRESS] } } });
      const first = await timed(() => create('first'));
      const times = { raw: [] as number[], api: [] as number[], cli: [] as number[] };
      progress(`making ${rounds} networks in each way …`);
      for (let round = 0; round <= rounds; round++) {
        const name = `net${round}`;
        const params = { name };
        const byHand = await timed(() =>
          byGuide(raw, name, `172.${20 + (round % 10)}.${round}.0/24`),
        );
        const api = await timed(() => create(name));
        await agent.call('deleteNetwork', { params });
        const cli = await timed(() => agent.run('network', 'create', name, '--egress-ip', ADDRESS));
        await agent.call('deleteNetwork', { params });
        // The first round warms caches up, for all of them.
        if (round === 0) continue;
        times.raw.push(byHand);
        times.api.push(api);
        times.cli.push(cli);
      }
      await agent.stop();
      const base = median(times.raw);
      return {
        series: [],
        figures: [
          plainFigure(
            'creating a network by hand (docker network create, iptables), median',
            `${Math.round(base)} ms`,
          ),
          plainFigure('the first network of a host, through the API', `${Math.round(first)} ms`),
          ratioFigure(
            'creating a network through the API, against by hand',
            median(times.api) / base,
            { atMost: 1.25 },
          ),
          ratioFigure(
            'creating a network with the command line, against by hand',
            median(times.cli) / base,
            { atMost: 1.25 },
          ),
        ],
      };
    }),
  );
}

async function byGuide(lab: Lab, name: string, subnet: string): Promise<void> {
  const docker = ['network', 'create', '--driver', 'bridge', '--attachable', '--subnet', subnet];
  const options = [
    `com.docker.network.bridge.name=${name}`,
    'com.docker.network.bridge.enable_ip_masquerade=false',
  ];
  await lab.host.exec('docker', [
    ...docker,
    ...options.flatMap((option) => ['--opt', option]),
    name,
  ]);
  const rule = ['-s', subnet, '!', '-o', name, '-j', 'SNAT', '--to-source', ADDRESS];
  await lab.host.exec('iptables', ['-t', 'nat', '-A', 'POSTROUTING', ...rule]);
}

/** On a host at rest: what the work before has set off is over. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  await sleep(REST_MS);
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
